import { describe, expect, test } from "bun:test";
import { newInvitationCode } from "../../../src/auth/invitations.ts";
import { CHEAP_PASSWORDS, PASSWORD, PageBrowser } from "../../support/session/browser.ts";
import { expectRefused } from "../../support/session/errors.ts";
import { makeLink, newAccount, trailOf } from "../../support/session/people.ts";
import { sharedServer } from "../../support/sharedServer.ts";

const shared = sharedServer({
  passwordCost: CHEAP_PASSWORDS,
  limits: { codeAttemptsFree: 1_000, senderAttemptsFree: 1_000 },
});

const NEW_PASSWORD = "a password of today";

const personOf = async (email: string) =>
  (await shared().server.storage.directory.people.findByEmail(email))?.id as string;

const signIn = (email: string, password: string) =>
  new PageBrowser(shared().origin).post("sign-in", { email, password });

describe("the link of a reset", () => {
  test("sets the password anew once, ends every session, and signs nobody in", async () => {
    const { browser, email } = await newAccount(shared());
    const person = await personOf(email);
    const [code, spare] = [
      await makeLink(shared(), "reset", { person }),
      await makeLink(shared(), "reset", { person }),
    ];
    const stranger = new PageBrowser(shared().origin);
    expect((await browser.post("token")).status).toBe(200);
    const response = await stranger.post("reset", { code, password: NEW_PASSWORD });
    expect(response.status).toBe(204);
    expect(response.headers.getSetCookie()).toEqual([]);
    await expectRefused(await browser.post("token"), "signedOut");
    await expectRefused(await signIn(email, PASSWORD), "wrong");
    expect((await signIn(email, NEW_PASSWORD)).status).toBe(200);
    for (const used of [code, spare]) {
      await expectRefused(await stranger.post("reset", { code: used, password: PASSWORD }), "notFound");
    }
    expect((await trailOf(shared(), email)).find(({ kind }) => kind === "password_reset")).toEqual({
      kind: "password_reset",
      details: { address: "127.0.0.1" },
    });
  });

  test("of many who use it at once lets one set a password", async () => {
    const { email } = await newAccount(shared());
    const code = await makeLink(shared(), "reset", { person: await personOf(email) });
    const passwords = Array.from({ length: 20 }, (_, number) => `password number ${number}`);
    const answers = await Promise.all(
      passwords.map((password) => new PageBrowser(shared().origin).post("reset", { code, password })),
    );
    const winners = answers.flatMap(({ status }, index) => (status === 204 ? [index] : []));
    expect(winners).toHaveLength(1);
    expect((await signIn(email, passwords[winners[0] as number] as string)).status).toBe(200);
  });

  test("gives a password to an account that had none", async () => {
    const { email } = await newAccount(shared());
    const person = await personOf(email);
    const { db } = shared().server.storage.directory.people.database;
    await db.deleteFrom("sign_in_method").where("person_id", "=", person).execute();
    const code = await makeLink(shared(), "reset", { person });
    const browser = new PageBrowser(shared().origin);
    expect((await browser.post("reset", { code, password: NEW_PASSWORD })).status).toBe(204);
    expect((await signIn(email, NEW_PASSWORD)).status).toBe(200);
  });

  test("that is unknown, over, or of another kind sets none", async () => {
    const { email } = await newAccount(shared());
    const person = await personOf(email);
    const browser = new PageBrowser(shared().origin);
    for (const code of [
      newInvitationCode(),
      "nonsense",
      await makeLink(shared(), "reset", { person, expiresAt: Date.now() - 1 }),
      await makeLink(shared(), "invitation"),
    ]) {
      const words = "this link is unknown, was used already, or is over";
      await expectRefused(await browser.post("reset", { code, password: NEW_PASSWORD }), "notFound", words);
    }
    expect((await signIn(email, PASSWORD)).status).toBe(200);
  });

  test("is not used up by a password that is too short", async () => {
    const { email } = await newAccount(shared());
    const code = await makeLink(shared(), "reset", { person: await personOf(email) });
    const browser = new PageBrowser(shared().origin);
    await expectRefused(await browser.post("reset", { code, password: "x".repeat(9) }), "malformed");
    expect((await browser.post("reset", { code, password: "x".repeat(10) })).status).toBe(204);
  });
});
