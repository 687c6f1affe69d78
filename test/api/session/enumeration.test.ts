import { describe, expect, spyOn, test } from "bun:test";
import { startTestServer } from "../../support/server.ts";
import { CHEAP_PASSWORDS, PASSWORD, PageBrowser } from "../../support/session/browser.ts";
import { expectRefused } from "../../support/session/errors.ts";
import { makeLink, newAccount, trailOf } from "../../support/session/people.ts";
import { sharedServer } from "../../support/sharedServer.ts";

/** Nobody finds out who has an account here: not by words, not by what an answer takes. */
const shared = sharedServer({
  passwordCost: CHEAP_PASSWORDS,
  environment: { HEARTWIRE_SIGN_UP: "open" },
  limits: { senderAttemptsFree: 1_000, signUpsFree: 1_000 },
});

/** Everything of an answer but its date. */
async function wholeOf(response: Response): Promise<object> {
  const headers = [...response.headers].filter(([name]) => name !== "date");
  return { status: response.status, headers, body: await response.text() };
}

/** Counts the hashes that something costs: each takes a thousand times longer than all the rest. */
async function hashesOf(work: () => Promise<unknown>): Promise<number> {
  using hash = spyOn(Bun.password, "hash");
  using verify = spyOn(Bun.password, "verify");
  await work();
  return hash.mock.calls.length + verify.mock.calls.length;
}

/** Somebody who signed up at an outside provider, and has no password. */
async function withoutPassword(): Promise<string> {
  const { email } = await newAccount(shared());
  const { people } = shared().server.storage.directory;
  const id = (await people.findByEmail(email))?.id as string;
  await people.database.db.deleteFrom("sign_in_method").where("person_id", "=", id).execute();
  return email;
}

describe("an unknown account, a wrong password and an account without one", () => {
  const guess = (email: string, password = "a wrong password") =>
    new PageBrowser(shared().origin).post("sign-in", { email, password });
  const accounts = async () => [
    `${crypto.randomUUID()}@example.org`,
    (await newAccount(shared())).email,
    await withoutPassword(),
  ];

  test("are refused with the same status, headers and body", async () => {
    const answers = [];
    for (const email of await accounts()) answers.push(await wholeOf(await guess(email)));
    expect(answers[1]).toEqual(answers[0] as object);
    expect(answers[2]).toEqual(answers[0] as object);
    expect(answers[0]).toMatchObject({
      status: 401,
      body: '{"error_code":8014,"error_message":"the e-mail address or the password is wrong"}',
    });
  });

  test("cost one hash each", async () => {
    for (const email of await accounts()) expect(await hashesOf(() => guess(email))).toBe(1);
  });

  test("are refused alike too when the password is the longest or the shortest that is taken", async () => {
    for (const password of ["x", "x".repeat(128)]) {
      for (const email of await accounts()) {
        await expectRefused(await guess(email, password), "wrong");
        expect(await hashesOf(() => guess(email, password))).toBe(1);
      }
    }
  });

  test("make whoever guesses wait alike", async () => {
    const limits = { accountAttemptsFree: 1 };
    await using server = await startTestServer({ passwordCost: CHEAP_PASSWORDS, limits });
    const known = (await newAccount(server)).email;
    const answers = [];
    for (const email of [known, "nobody@example.org"]) {
      const ask = () => new PageBrowser(server.origin).post("sign-in", { email, password: "wrong" });
      await expectRefused(await ask(), "wrong");
      answers.push(await wholeOf(await ask()));
    }
    expect(answers[0]).toMatchObject({ status: 429 });
    expect(answers[1]).toEqual(answers[0] as object);
  });

  test("stand in the trail where there is one", async () => {
    const { email } = await newAccount(shared());
    await guess(email);
    // Not waited for by the answer: the sign-in after it is behind it.
    await new PageBrowser(shared().origin).post("sign-in", { email, password: PASSWORD });
    expect((await trailOf(shared(), email)).map(({ kind }) => kind)).toEqual([
      "signed_in",
      "sign_in_failed",
      "signed_in",
      "account_made",
    ]);
  });
});

describe("where sign-up is open, a taken address and a free one", () => {
  const name = "Somebody";
  const signUp = (email: string, password = "another password") =>
    new PageBrowser(shared().origin).post("sign-up", { email, name, password });

  test("are answered with the same status, headers and body, without signing in", async () => {
    const taken = (await newAccount(shared())).email;
    const free = taken.replace("somebody", "nobodyxx");
    const answers = [];
    for (const email of [taken, free]) answers.push(await wholeOf(await signUp(email)));
    expect(JSON.stringify(answers[1]).replaceAll(free, taken)).toBe(JSON.stringify(answers[0]));
    expect(answers[0]).toMatchObject({
      status: 200,
      body: JSON.stringify({ person: { name, email: taken }, signed_in: false }),
    });
    expect(JSON.stringify(answers)).not.toContain("set-cookie");
  });

  test("cost one hash each", async () => {
    const taken = (await newAccount(shared())).email;
    expect(await hashesOf(() => signUp(taken))).toBe(1);
    expect(await hashesOf(() => signUp(`free${taken}`))).toBe(1);
  });

  test("differ in what they do: the taken one keeps its password, name and trail", async () => {
    const { email, name: before } = await newAccount(shared());
    const trail = await trailOf(shared(), email);
    await signUp(email);
    expect(await trailOf(shared(), email)).toEqual(trail);
    const browser = new PageBrowser(shared().origin);
    await expectRefused(await browser.post("sign-in", { email, password: "another password" }), "wrong");
    const signedIn = await browser.post("sign-in", { email, password: PASSWORD });
    expect(await signedIn.json()).toEqual({ person: { name: before, email } });
  });
});

test("a link says nothing of who has an account: neither a reset's nor an invitation's", async () => {
  const { email } = await newAccount(shared());
  const person = (await shared().server.storage.directory.people.findByEmail(email))?.id as string;
  const browser = new PageBrowser(shared().origin);
  for (const [kind, more] of [
    ["reset", { person }],
    ["invitation", {}],
  ] as const) {
    const response = await browser.post("link", { code: await makeLink(shared(), kind, more) });
    expect(await response.json()).toEqual({ kind, profile: null });
  }
});
