import { describe, expect, spyOn, test } from "bun:test";
import type { EpochMs } from "../../../src/domain/reading.ts";
import { runHeartwire } from "../../cli/runHeartwire.ts";
import { Listener } from "../../support/listener.ts";
import { bearer, VALIDATE_PATH } from "../../support/requests.ts";
import { startTestServer, type TestServer } from "../../support/server.ts";
import { CHEAP_PASSWORDS, PASSWORD, PageBrowser } from "../../support/session/browser.ts";
import { expectRefused } from "../../support/session/errors.ts";
import { makeLink, newAccount, pageToken, type SignedUp } from "../../support/session/people.ts";
import { sharedServer } from "../../support/sharedServer.ts";

/** What ends with a sign-in session: its page's tokens, and what listens by them, within a second. */
const shared = sharedServer({ passwordCost: CHEAP_PASSWORDS });
const ENDED = { code: 1008, reason: "signed out, or the page's token has expired" };

async function listen(server: TestServer, { browser }: SignedUp) {
  const token = await pageToken(browser);
  return { token, listener: await Listener.open(server.origin, token) };
}

const statusOf = async ({ origin }: TestServer, token: string) =>
  (await fetch(`${origin}${VALIDATE_PATH}`, { headers: bearer(token) })).status;

/** Checks that a page's token and its socket end within a second of what is done. */
async function expectEnd(server: TestServer, somebody: SignedUp, end: () => Promise<unknown>): Promise<void> {
  const { token, listener } = await listen(server, somebody);
  using _ = listener;
  expect(await statusOf(server, token)).toBe(200);
  await end();
  const endedAt = Date.now();
  const { code, reason, at } = await listener.closed;
  expect({ code, reason }).toEqual(ENDED);
  expect(at - endedAt).toBeLessThan(1_000);
  expect(await statusOf(server, token)).toBe(401);
}

describe("a page's token and what listens by it end within a second", () => {
  test("of signing out", async () => {
    const somebody = await newAccount(shared());
    await expectEnd(shared(), somebody, () => somebody.browser.post("sign-out"));
  });

  test("of signing in anew in the same browser", async () => {
    const somebody = await newAccount(shared());
    const { email, browser } = somebody;
    await expectEnd(shared(), somebody, () => browser.post("sign-in", { email, password: PASSWORD }));
  });

  test("of a change of the password in another browser", async () => {
    const somebody = await newAccount(shared());
    const { email } = somebody;
    const other = new PageBrowser(shared().origin);
    await other.post("sign-in", { email, password: PASSWORD });
    await expectEnd(shared(), somebody, () =>
      other.post("password", { current: PASSWORD, password: "a password of today" }),
    );
  });

  test("of a reset of the password", async () => {
    const somebody = await newAccount(shared());
    const { people } = shared().server.storage.directory;
    const person = (await people.findByEmail(somebody.email))?.id as string;
    const code = await makeLink(shared(), "reset", { person });
    await expectEnd(shared(), somebody, () =>
      new PageBrowser(shared().origin).post("reset", { code, password: "a password of today" }),
    );
  });

  test("of user sign-out on the command line", async () => {
    const somebody = await newAccount(shared());
    await expectEnd(shared(), somebody, async () => {
      const words = ["user", "sign-out", somebody.email, "--data", shared().folder];
      expect(await runHeartwire(words)).toEqual({
        code: 0,
        stdout: "",
        stderr: `${somebody.email} is signed out: 1 session ended.\n`,
      });
    });
    expect((await somebody.browser.post("token")).status).toBe(401);
  });

  test("of the end of its ten minutes", async () => {
    const time = { aheadMs: 0 };
    const clock = () => (Date.now() + time.aheadMs) as EpochMs;
    await using server = await startTestServer({ passwordCost: CHEAP_PASSWORDS, clock });
    const somebody = await newAccount(server);
    await expectEnd(server, somebody, async () => {
      time.aheadMs = 600_000;
    });
    expect((await somebody.browser.post("token")).status).toBe(200);
  });
});

describe("what does not end", () => {
  test("is another person's page, another browser of the same person, and a token that was made by hand", async () => {
    const [somebody, neighbour] = [await newAccount(shared()), await newAccount(shared())];
    const other = { ...somebody, browser: new PageBrowser(shared().origin) };
    await other.browser.post("sign-in", { email: somebody.email, password: PASSWORD });
    const theirs = [await listen(shared(), neighbour), await listen(shared(), other)];
    const { people } = shared().server.storage.directory;
    const user = (await people.findByEmail(somebody.email))?.profile?.name as string;
    const byHand = await shared().token(["data:heart_rate:read"], { user });
    await expectEnd(shared(), somebody, () => somebody.browser.post("sign-out"));
    for (const { token, listener } of theirs) {
      expect(listener.isOpen).toBe(true);
      expect(await statusOf(shared(), token)).toBe(200);
      listener[Symbol.dispose]();
    }
    expect(await statusOf(shared(), byHand)).toBe(200);
  });
});

test("a page that asks for a token while its session is ended gets none", async () => {
  const somebody = await newAccount(shared());
  const asking = new PageBrowser(shared().origin);
  for (const [name, value] of somebody.browser.cookies) asking.cookies.set(name, value);
  const { accounts } = shared().server.context;
  const profileOf = accounts.profileOf.bind(accounts);
  // The session was found; before its token is made, another request ends it.
  using _ = spyOn(accounts, "profileOf").mockImplementationOnce(async (person) => {
    expect((await somebody.browser.post("sign-out")).status).toBe(204);
    return await profileOf(person);
  });
  await expectRefused(await asking.post("token"), "signedOut");
});
