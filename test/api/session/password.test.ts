import { describe, expect, setSystemTime, test } from "bun:test";
import { startTestServer } from "../../support/server.ts";
import { CHEAP_PASSWORDS, PASSWORD, PageBrowser } from "../../support/session/browser.ts";
import { expectRefused } from "../../support/session/errors.ts";
import { newAccount, trailOf } from "../../support/session/people.ts";
import { sharedServer } from "../../support/sharedServer.ts";

const shared = sharedServer({ passwordCost: CHEAP_PASSWORDS, limits: { senderAttemptsFree: 1_000 } });
const NEW_PASSWORD = "a password of today";

const signIn = (email: string, password: string, browser = new PageBrowser(shared().origin)) =>
  browser.post("sign-in", { email, password });

async function takePasswordAway(email: string): Promise<void> {
  const { people } = shared().server.storage.directory;
  const id = (await people.findByEmail(email))?.id as string;
  await people.database.db.deleteFrom("sign_in_method").where("person_id", "=", id).execute();
}

describe("changing the password", () => {
  test("takes the one of now, ends the other sessions and keeps this one", async () => {
    const { browser, email } = await newAccount(shared());
    const other = new PageBrowser(shared().origin);
    await signIn(email, PASSWORD, other);
    const response = await browser.post("password", { current: PASSWORD, password: NEW_PASSWORD });
    expect(response.status).toBe(204);
    expect((await browser.post("token")).status).toBe(200);
    await expectRefused(await other.post("token"), "signedOut");
    await expectRefused(await signIn(email, PASSWORD), "wrong");
    expect((await signIn(email, NEW_PASSWORD)).status).toBe(200);
    expect((await trailOf(shared(), email)).find(({ kind }) => kind === "password_changed")).toEqual({
      kind: "password_changed",
      details: { address: "127.0.0.1" },
    });
  });

  test("is refused with a wrong one or none, however fresh the sign-in", async () => {
    const { browser, email } = await newAccount(shared());
    for (const current of ["wrong", undefined]) {
      await expectRefused(
        await browser.post("password", { current, password: NEW_PASSWORD }),
        "wrongPassword",
      );
    }
    expect((await trailOf(shared(), email))[0]).toEqual({
      kind: "sign_in_failed",
      details: { method: "password change", address: "127.0.0.1" },
    });
    expect((await signIn(email, PASSWORD)).status).toBe(200);
  });

  test("by guesses in a browser that was left open makes the next one wait, as many as the limit are free", async () => {
    const limits = { accountAttemptsFree: 2 };
    await using server = await startTestServer({ passwordCost: CHEAP_PASSWORDS, limits });
    const { browser } = await newAccount(server);
    const guess = () => browser.post("password", { current: "wrong", password: NEW_PASSWORD });
    await expectRefused(await guess(), "wrongPassword");
    await expectRefused(await guess(), "wrongPassword");
    const third = await guess();
    expect(third.headers.get("retry-after")).toBe("1");
    await expectRefused(third, "tooMany");
  });

  test("to one that is too short or too long is refused", async () => {
    const { browser } = await newAccount(shared());
    for (const password of ["x".repeat(9), "x".repeat(129)]) {
      const words = "password: expected a password of 10 to 128 characters";
      await expectRefused(
        await browser.post("password", { current: PASSWORD, password }),
        "malformed",
        words,
      );
    }
  });

  test("is for those who are signed in", async () => {
    const browser = new PageBrowser(shared().origin);
    const change = browser.post("password", { current: PASSWORD, password: NEW_PASSWORD });
    await expectRefused(await change, "signedOut");
  });
});

test("the first password of somebody who signs in another way takes a sign-in of the last ten minutes", async () => {
  const { browser, email } = await newAccount(shared());
  await takePasswordAway(email);
  try {
    const start = Date.now();
    setSystemTime(start + 601_000);
    await expectRefused(await browser.post("password", { password: NEW_PASSWORD }), "stale");
    setSystemTime(start + 590_000);
    expect((await browser.post("password", { password: NEW_PASSWORD })).status).toBe(204);
  } finally {
    setSystemTime();
  }
  expect((await signIn(email, NEW_PASSWORD)).status).toBe(200);
});
