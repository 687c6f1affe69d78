import { describe, expect, test } from "bun:test";
import { newInvitationCode } from "../../../src/auth/invitations.ts";
import type { EpochMs } from "../../../src/domain/reading.ts";
import { DEFAULT_LIMITS, type Limits } from "../../../src/settings/limits.ts";
import { startTestServer, type TestServer } from "../../support/server.ts";
import { CHEAP_PASSWORDS, PASSWORD, PageBrowser, type Sent } from "../../support/session/browser.ts";
import { expectRefused } from "../../support/session/errors.ts";
import { makeLink, newAccount } from "../../support/session/people.ts";

/** Guessing costs time, more and more of it, by account and by sender. A proxy on this machine says who they are. */
async function startWaitingServer(limits: Partial<Limits> = {}) {
  const time = { aheadMs: 0 };
  const server = await startTestServer({
    passwordCost: CHEAP_PASSWORDS,
    clock: () => (Date.now() + time.aheadMs) as EpochMs,
    limits,
    environment: { HEARTWIRE_TRUSTED_PROXIES: "127.0.0.1", HEARTWIRE_SIGN_UP: "open" },
  });
  return { server, time };
}

const from = (address: string): NonNullable<Sent["headers"]> => ({ "x-forwarded-for": address });

function guess({ origin }: TestServer, email: string, address: string, password = "wrong") {
  return new PageBrowser(origin).post("sign-in", { email, password }, from(address));
}

/** @returns the seconds to wait; 0 when the guess was looked at */
async function waitOf(answer: Promise<Response>): Promise<number> {
  const response = await answer;
  const seconds = Number(response.headers.get("retry-after") ?? 0);
  if (seconds > 0) await expectRefused(response, "tooMany");
  return seconds;
}

describe("failed attempts to sign in", () => {
  test("make the next wait 1, 2, 4 … seconds, whatever its password, and a success begins anew", async () => {
    const { server, time } = await startWaitingServer({ accountAttemptsFree: 2, senderAttemptsFree: 100 });
    await using _ = server;
    const { email } = await newAccount(server);
    const right = () => waitOf(guess(server, email, "192.0.2.1", PASSWORD));
    const wrong = () => waitOf(guess(server, email, "192.0.2.1"));
    expect([await wrong(), await wrong()]).toEqual([0, 0]);
    for (const seconds of [1, 2, 4, 8]) {
      expect(await wrong()).toBe(seconds);
      expect(await right()).toBe(seconds);
      time.aheadMs += seconds * 1_000;
      expect(await wrong()).toBe(0);
    }
    time.aheadMs += 16_000;
    expect(await right()).toBe(0);
    expect([await wrong(), await wrong(), await wrong()]).toEqual([0, 0, 1]);
  });

  test("as many as the limit are free, one more is not: by account and sender, and by sender alone", async () => {
    const { server } = await startWaitingServer({ accountAttemptsFree: 3, senderAttemptsFree: 5 });
    await using _ = server;
    const waits = [];
    for (let count = 0; count < 4; count++)
      waits.push(await waitOf(guess(server, "a@example.org", "192.0.2.1")));
    expect(waits).toEqual([0, 0, 0, 1]);
    for (let count = 0; count < 3; count++) {
      waits.push(await waitOf(guess(server, `${count}@example.org`, "192.0.2.1")));
    }
    expect(waits.slice(4)).toEqual([0, 0, 1]);
    expect(await waitOf(guess(server, "a@example.org", "192.0.2.2"))).toBe(0);
  });

  test("a thousand at once are looked at no more often than one after the other", async () => {
    const limits = { accountAttemptsFree: 3, passwordHashesWaitingMax: 2_000 };
    const { server } = await startWaitingServer(limits);
    await using _ = server;
    const { email } = await newAccount(server);
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => guess(server, email, "192.0.2.1")));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(997);
  });

  test("from many addresses of one IPv6 customer are from one sender", async () => {
    const { server } = await startWaitingServer({ senderAttemptsFree: 2 });
    await using _ = server;
    const hosts = ["2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:1:ffff:ffff:ffff:ffff"];
    const waits = [];
    for (const [index, host] of hosts.entries()) {
      waits.push(await waitOf(guess(server, `a${index}@example.org`, host)));
    }
    expect(waits).toEqual([0, 0, 1]);
    expect(await waitOf(guess(server, "b@example.org", "2001:db8:0:2::1"))).toBe(0);
  });

  test("from everywhere at one account make strangers wait, and nobody who has signed in to it before", async () => {
    const { server, time } = await startWaitingServer({ senderAttemptsFree: 20, accountAttemptsFree: 5 });
    await using _ = server;
    const { email } = await newAccount(server);
    expect((await guess(server, email, "198.51.100.7", PASSWORD)).status).toBe(200);
    let looked = 0;
    for (let host = 1; host <= 200; host++) {
      if ((await waitOf(guess(server, email, `192.0.2.${host}`))) === 0) looked++;
      time.aheadMs += 10;
    }
    expect(looked).toBeLessThanOrEqual(22);
    // A stranger with the right password waits like the others; the owner at home does not notice.
    expect(await waitOf(guess(server, email, "203.0.113.1", PASSWORD))).toBeGreaterThan(0);
    expect((await guess(server, email, "198.51.100.7", PASSWORD)).status).toBe(200);
  });

  test("from everywhere are not held against who makes the account, or sets its password by a link", async () => {
    const { server, time } = await startWaitingServer({ senderAttemptsFree: 5 });
    await using _ = server;
    const email = "new@example.org";
    const attack = async () => {
      for (let host = 1; host <= 20; host++) await guess(server, email, `192.0.2.${host}`);
    };
    await attack();
    const owner = new PageBrowser(server.origin);
    const account = { email, name: "New", password: PASSWORD, code: await makeLink(server, "invitation") };
    expect((await owner.post("sign-up", account, from("198.51.100.1"))).status).toBe(200);
    time.aheadMs += 901_000;
    await attack();
    expect(await waitOf(guess(server, email, "203.0.113.1", PASSWORD))).toBeGreaterThan(0);
    const person = (await server.server.storage.directory.people.findByEmail(email))?.id as string;
    const code = await makeLink(server, "reset", { person, expiresAt: Date.now() + 3_600_000 });
    const password = "a password of today";
    const reset = new PageBrowser(server.origin).post("reset", { code, password }, from("203.0.113.1"));
    expect((await reset).status).toBe(204);
    expect((await guess(server, email, "203.0.113.1", password)).status).toBe(200);
  });

  test("at a stranger's own account do not pay for those at others", async () => {
    const { server } = await startWaitingServer({ senderAttemptsFree: 3 });
    await using _ = server;
    const { email } = await newAccount(server);
    for (const victim of ["a", "b", "c"]) {
      expect(await waitOf(guess(server, email, "192.0.2.9", PASSWORD))).toBe(0);
      expect(await waitOf(guess(server, `${victim}@example.org`, "192.0.2.9"))).toBe(0);
    }
    expect(await waitOf(guess(server, "d@example.org", "192.0.2.9"))).toBeGreaterThan(0);
  });

  test("nobody is believed who writes X-Forwarded-For and is no proxy of the operator", async () => {
    const limits = { accountAttemptsFree: 2 };
    await using server = await startTestServer({ passwordCost: CHEAP_PASSWORDS, limits });
    const waits = [];
    for (let host = 1; host <= 3; host++) {
      waits.push(await waitOf(guess(server, "a@example.org", `192.0.2.${host}`)));
    }
    expect(waits).toEqual([0, 0, 1]);
  });
});

test("codes of links that are tried make whoever tries them wait", async () => {
  const { server, time } = await startWaitingServer({ codeAttemptsFree: 2 });
  await using _ = server;
  const tries = [
    ["link", {}],
    ["reset", { password: PASSWORD }],
    ["sign-up", { password: PASSWORD, email: "a@example.org", name: "A" }],
  ] as const;
  for (const [index, [path, more]] of tries.entries()) {
    const attempt = () =>
      waitOf(
        new PageBrowser(server.origin).post(
          path,
          { ...more, code: newInvitationCode() },
          from(`192.0.2.${index}`),
        ),
      );
    expect([await attempt(), await attempt(), await attempt()]).toEqual([0, 0, 1]);
    time.aheadMs += 1_000;
    expect([await attempt(), await attempt()]).toEqual([0, 2]);
  }
});

test("as many accounts as the limit are made from one address without waiting, one more waits", async () => {
  const { server } = await startWaitingServer({ signUpsFree: 2 });
  await using _ = server;
  const signUp = (email: string) =>
    waitOf(
      new PageBrowser(server.origin).post(
        "sign-up",
        { email, name: "A", password: PASSWORD },
        from("192.0.2.1"),
      ),
    );
  expect([
    await signUp("a@example.org"),
    await signUp("b@example.org"),
    await signUp("c@example.org"),
  ]).toEqual([0, 0, 1]);
});

test("ceremonies that are begun and not ended: as many as the limit are free, one more waits", async () => {
  const { server } = await startWaitingServer({ ceremoniesFree: 2 });
  await using _ = server;
  const begin = () =>
    waitOf(new PageBrowser(server.origin).post("passkey/options", undefined, from("192.0.2.1")));
  expect([await begin(), await begin(), await begin()]).toEqual([0, 0, 1]);
});

test("as many ceremonies as the limit are remembered; one more is answered 503 until some are over", async () => {
  const limits = { ceremoniesMax: 2, ceremoniesFree: 100 };
  const { server, time } = await startWaitingServer(limits);
  await using _ = server;
  const begin = () => new PageBrowser(server.origin).post("passkey/options");
  expect((await begin()).status).toBe(200);
  expect((await begin()).status).toBe(200);
  await expectRefused(await begin(), "busy", "too many people sign in at this moment; try again later");
  time.aheadMs += 301_000;
  expect((await begin()).status).toBe(200);
});

test("a crowd that signs in at once is served as far as it fits, and told so where not; nobody's guess counts then", async () => {
  const limits = { passwordHashesMax: 1, passwordHashesWaitingMax: 1, accountAttemptsFree: 3 };
  const { server } = await startWaitingServer(limits);
  await using _ = server;
  const { email } = await newAccount(server);
  const answers = await Promise.all(
    Array.from({ length: 3 }, (_, host) => guess(server, email, `192.0.2.${host}`, PASSWORD)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 503]);
  for (const answer of answers.filter(({ status }) => status === 503)) {
    await expectRefused(answer, "busy", "too many people sign in at this moment; try again later");
  }
  expect((await guess(server, email, "192.0.2.2", PASSWORD)).status).toBe(200);
});

test("as many good sign-ins to one account as the limit are let in within a minute; one more leaves no session and waits", async () => {
  const { server, time } = await startWaitingServer({ signInsPerMinuteMax: 3, signInSessionsMax: 10 });
  await using _ = server;
  const { browser, email } = await newAccount(server);
  const sessions = () =>
    server.server.storage.directory.people.database.db.selectFrom("sign_in_session").selectAll().execute();
  expect(await waitOf(guess(server, email, "192.0.2.1", PASSWORD))).toBe(0);
  expect(await waitOf(guess(server, email, "192.0.2.2", PASSWORD))).toBe(0);
  expect(await waitOf(guess(server, email, "192.0.2.3", PASSWORD))).toBeGreaterThan(0);
  expect((await sessions()).length).toBe(3);
  expect((await browser.post("token")).status).toBe(200);
  time.aheadMs += 60_000;
  expect(await waitOf(guess(server, email, "192.0.2.3", PASSWORD))).toBe(0);
  expect(DEFAULT_LIMITS.signInsPerMinuteMax).toBe(60);
});
