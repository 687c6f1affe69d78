import { describe, expect, test } from "bun:test";
import { newInvitationCode } from "../../../src/auth/invitations.ts";
import type { EpochMs } from "../../../src/domain/reading.ts";
import { bearer } from "../../support/requests.ts";
import { startTestServer } from "../../support/server.ts";
import { CHEAP_PASSWORDS, PASSWORD, PageBrowser } from "../../support/session/browser.ts";
import { expectRefused } from "../../support/session/errors.ts";
import { makeLink, newAccount, pageToken, trailOf } from "../../support/session/people.ts";
import { sharedServer } from "../../support/sharedServer.ts";

/** A server where sign-up is by invitation, as it is unless the operator says otherwise. */
const shared = sharedServer({
  passwordCost: CHEAP_PASSWORDS,
  limits: { codeAttemptsFree: 1_000, senderAttemptsFree: 1_000 },
});

const OVER = "code: this link is unknown, was used already, or is over";
const TAKEN = "email: there is an account with this address; sign in, or use another address";

const newEmail = () => `${crypto.randomUUID()}@example.org`;

function signUp(code: string | undefined, more: object = {}, server = shared()): Promise<Response> {
  const account = { email: newEmail(), name: "Somebody", password: PASSWORD, ...more };
  return new PageBrowser(server.origin).post("sign-up", {
    ...account,
    ...(code === undefined ? {} : { code }),
  });
}

describe("by invitation", () => {
  test("whoever has a link makes an account once, and is signed in", async () => {
    const code = await makeLink(shared(), "invitation");
    const browser = new PageBrowser(shared().origin);
    const email = newEmail();
    const response = await browser.post("sign-up", { email, name: " Anna ", password: PASSWORD, code });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ person: { name: "Anna", email }, signed_in: true });
    expect((await browser.post("token")).status).toBe(200);
    await expectRefused(await signUp(code), "signUp", OVER);
    await expectRefused(await browser.post("link", { code }), "notFound");
  });

  test("a link for a password begins no sign-up at an outside provider", async () => {
    const { email } = await newAccount(shared());
    const person = (await shared().server.storage.directory.people.findByEmail(email))?.id as string;
    const code = await makeLink(shared(), "reset", { person });
    await expectRefused(await new PageBrowser(shared().origin).post("outside", { code }), "signUp", OVER);
  });

  test("nobody makes one without", async () => {
    const words = "an account is made by invitation here: ask the operator for a link";
    await expectRefused(await signUp(undefined), "signUp", words);
  });

  test("a link that is unknown, over, or of another kind makes none", async () => {
    const { email } = await newAccount(shared());
    const person = (await shared().server.storage.directory.people.findByEmail(email))?.id as string;
    for (const code of [
      newInvitationCode(),
      "nonsense",
      await makeLink(shared(), "invitation", { expiresAt: Date.now() - 1 }),
      await makeLink(shared(), "reset", { person }),
    ]) {
      await expectRefused(await signUp(code), "signUp", OVER);
    }
  });

  test("of fifty who use one link at once, one makes an account", async () => {
    const code = await makeLink(shared(), "invitation");
    const answers = await Promise.all(Array.from({ length: 50 }, () => signUp(code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const { db } = shared().server.storage.directory.people.database;
    const made = await db.selectFrom("person").where("name", "=", "Somebody").select("id").execute();
    expect(made).toHaveLength(1);
  });

  test("whoever has a link is told that an address is taken, and keeps the link", async () => {
    const { email } = await newAccount(shared());
    const code = await makeLink(shared(), "invitation");
    await expectRefused(await signUp(code, { email }), "conflict", TAKEN);
    await expectRefused(await signUp(code, { email: email.toUpperCase() }), "conflict", TAKEN);
    expect((await signUp(code)).status).toBe(200);
  });

  test("of two who take one address at once with links of their own, one gets it, and the other keeps the link", async () => {
    const codes = [await makeLink(shared(), "invitation"), await makeLink(shared(), "invitation")];
    const email = newEmail();
    const answers = await Promise.all(codes.map((code) => signUp(code, { email })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const loser = codes[answers.findIndex(({ status }) => status === 409)];
    expect((await signUp(loser)).status).toBe(200);
  });

  test("a code is read as people type it", async () => {
    const code = await makeLink(shared(), "invitation");
    const response = await new PageBrowser(shared().origin).post("link", {
      code: code.toLowerCase().replaceAll("-", " "),
    });
    expect(await response.json()).toEqual({ kind: "invitation", profile: null });
  });
});

describe("a claim link", () => {
  const newProfile = (name: string) =>
    shared().server.storage.directory.createProfile(name, Date.now() as EpochMs);

  test("makes the account that owns a user of the command line, with all that is theirs", async () => {
    const token = await shared().token(["profile:read"], { user: "claimed" });
    const profile = await shared().server.storage.directory.findProfile("claimed");
    const id = profile?.id as never;
    const code = await makeLink(shared(), "claim", { profile: id });
    const spare = await makeLink(shared(), "claim", { profile: id });
    const browser = new PageBrowser(shared().origin);
    expect(await (await browser.post("link", { code })).json()).toEqual({
      kind: "claim",
      profile: "claimed",
    });
    const email = newEmail();
    expect((await browser.post("sign-up", { email, name: "Owner", password: PASSWORD, code })).status).toBe(
      200,
    );
    const own = (await (await browser.post("token")).json()) as { readonly profile_id: string };
    expect(own.profile_id).toBe(profile?.publicId as string);
    const validated = await fetch(`${shared().origin}/api/v1/token/validate`, { headers: bearer(token) });
    expect(((await validated.json()) as { readonly profile_id: string }).profile_id).toBe(own.profile_id);
    expect((await trailOf(shared(), email)).at(-1)).toEqual({
      kind: "account_made",
      details: { address: "127.0.0.1", by: "claim" },
    });
    // The other link for the same user died with it.
    await expectRefused(await signUp(spare), "signUp", OVER);
  });

  test("for a user who belongs to somebody by now gives its account a user of its own", async () => {
    const { id, publicId } = await newProfile("contested");
    const codes = [await makeLink(shared(), "claim", { profile: id })];
    const race = await makeLink(shared(), "claim", { profile: id });
    const answers = await Promise.all([...codes, race].map((code) => signUp(code)));
    const owners = (await shared().server.storage.directory.people.list()).filter(
      ({ profile }) => profile?.publicId === publicId,
    );
    expect(owners).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
  });
});

describe("where sign-up is", () => {
  test("open, anybody makes an account and signs in to it", async () => {
    const environment = { HEARTWIRE_SIGN_UP: "open" };
    await using server = await startTestServer({ passwordCost: CHEAP_PASSWORDS, environment });
    const email = newEmail();
    expect((await signUp(undefined, { email }, server)).status).toBe(200);
    const browser = new PageBrowser(server.origin);
    expect((await browser.post("sign-in", { email, password: PASSWORD })).status).toBe(200);
    expect((await signUp(await makeLink(server, "invitation"), {}, server)).status).toBe(200);
  });

  test("closed, nobody does, but by the operator's claim link", async () => {
    const environment = { HEARTWIRE_SIGN_UP: "closed" };
    await using server = await startTestServer({ passwordCost: CHEAP_PASSWORDS, environment });
    const words = "nobody can make an account here";
    await expectRefused(await signUp(undefined, {}, server), "signUp", words);
    await expectRefused(await signUp(await makeLink(server, "invitation"), {}, server), "signUp", words);
    const profile = (await server.server.storage.directory.createProfile("me", Date.now() as EpochMs)).id;
    expect((await signUp(await makeLink(server, "claim", { profile }), {}, server)).status).toBe(200);
  });
});

test("a password is of 10 to 128 characters, any characters, and what else is wrong is named", async () => {
  const code = await makeLink(shared(), "invitation");
  const password = "password: expected a password of 10 to 128 characters";
  const name = "name: expected a name of 1 to 100 visible characters";
  for (const [more, message] of [
    [{ password: "x".repeat(9) }, password],
    [{ password: "x".repeat(129) }, password],
    [{ password: undefined }, password],
    [{ email: "nobody" }, "email: expected an e-mail address"],
    [{ name: " " }, name],
    [{ name: "x".repeat(101) }, name],
    [{ name: "A\u202enna" }, name],
  ] as const) {
    await expectRefused(await signUp(code, more), "malformed", message);
  }
  const words = "code: expected the code that stands behind # in the link";
  await expectRefused(await signUp("x".repeat(51)), "malformed", words);
  for (const good of ["          ", "x".repeat(128), "日本語日本語日本語日"]) {
    const made = await makeLink(shared(), "invitation");
    expect((await signUp(made, { password: good, name: "x".repeat(100) })).status).toBe(200);
  }
});

test("two people of one name have users of different names", async () => {
  const profiles = [];
  for (const email of [newEmail(), newEmail()]) {
    const code = await makeLink(shared(), "invitation");
    expect((await signUp(code, { email, name: "Twin" })).status).toBe(200);
    profiles.push((await shared().server.storage.directory.people.findByEmail(email))?.profile?.name);
  }
  expect(profiles).toEqual(["Twin", "Twin 2"]);
});

test("no password, code or session can be read from the log or, but for its hash, from the database", async () => {
  await using server = await startTestServer({ passwordCost: CHEAP_PASSWORDS });
  const code = await makeLink(server, "invitation");
  const secrets = { email: newEmail(), name: "Somebody", password: "a secret to look for", code };
  const browser = new PageBrowser(server.origin);
  await browser.post("sign-up", { ...secrets, code: newInvitationCode() });
  await browser.post("sign-up", secrets);
  await browser.post("sign-in", { ...secrets, password: "another to look for" });
  const token = await pageToken(browser);
  const log = server.log.lines.join("\n");
  for (const secret of [
    secrets.password,
    "another to look for",
    code,
    token,
    secrets.email,
    browser.cookie,
  ]) {
    expect(log).not.toContain(secret);
  }
  const { db } = server.server.storage.directory.people.database;
  const rows = [];
  for (const table of ["person", "sign_in_method", "sign_in_session", "one_time_link", "trail", "profile"]) {
    rows.push(await db.selectFrom(table).selectAll().execute());
  }
  const stored = JSON.stringify(rows);
  for (const secret of [secrets.password, code, token]) expect(stored).not.toContain(secret);
  expect(stored).toContain("$argon2id$");
});
