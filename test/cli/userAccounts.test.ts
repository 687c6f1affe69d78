import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { EpochMs } from "../../src/domain/reading.ts";
import { startTestServer, type TestServer, throwAwayFolder } from "../support/server.ts";
import { CHEAP_PASSWORDS, PASSWORD, PageBrowser } from "../support/session/browser.ts";
import { newAccount, trailOf } from "../support/session/people.ts";
import { type Finished, runHeartwire } from "./runHeartwire.ts";

/** Links and accounts on the command line, beside a running server. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ passwordCost: CHEAP_PASSWORDS });
});
afterAll(() => server?.[Symbol.asyncDispose]());

const HOUR_MS = 3_600_000;
const LINK = /^http:\/\/127\.0\.0\.1:\d+\/(sign-up|reset)#([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})\n$/;

function run(...words: readonly string[]): Promise<Finished> {
  return runHeartwire(["user", ...words, "--data", server.folder], {
    environment: { HEARTWIRE_URL: server.origin },
  });
}

/** @returns the code of the link that a command printed, alone, on stdout */
function codeOf({ code, stdout }: Finished, page: "sign-up" | "reset"): string {
  expect(code).toBe(0);
  const [, printed, linkCode = ""] = LINK.exec(stdout) ?? [];
  expect({ printed, stdout }).toEqual({ printed: page, stdout: expect.any(String) });
  return linkCode;
}

const newProfile = (name: string) =>
  server.server.storage.directory.createProfile(name, Date.now() as EpochMs);

const signUp = (code: string, email: string) =>
  new PageBrowser(server.origin).post("sign-up", { email, name: "Anna", password: PASSWORD, code });

const look = async (code: string) => {
  const response = await new PageBrowser(server.origin).post("link", { code });
  return response.status === 200 ? await response.json() : response.status;
};

/** Until when a link is good, as it is stored, from now. */
async function hoursLeft(kind: string): Promise<number> {
  const { db } = server.server.storage.directory.people.database;
  const rows = await db.selectFrom("one_time_link").select("expires_at").where("kind", "=", kind).execute();
  return Math.round((Math.max(...rows.map((row) => row.expires_at)) - Date.now()) / HOUR_MS);
}

describe("heartwire user invite", () => {
  test("prints a link alone that makes an account once, good for a week or as many days as are said", async () => {
    const invited = await run("invite");
    const code = codeOf(invited, "sign-up");
    expect(invited.stderr).toMatch(
      /^Whoever opens this link can make an account\. It works once, until \d{4}-\d\d-\d\dT\d\d:\d\dZ\.\n$/,
    );
    expect(await hoursLeft("invitation")).toBe(7 * 24);
    expect((await signUp(code, "invited@example.org")).status).toBe(200);
    expect(await look(code)).toBe(404);
    codeOf(await run("invite", "--days", "90"), "sign-up");
    expect(await hoursLeft("invitation")).toBe(90 * 24);
  });

  test("with --profile gives the account a user who is there already", async () => {
    await newProfile("given");
    const invited = await run("invite", "--profile", "given", "--days", "1");
    expect(invited.stderr).toStartWith('Whoever opens this link can make the account that owns "given". ');
    const code = codeOf(invited, "sign-up");
    expect(await look(code)).toEqual({ kind: "claim", profile: "given" });
    expect((await signUp(code, "given@example.org")).status).toBe(200);
    const shown = await run("show", "given", "--json");
    expect(JSON.parse(shown.stdout)).toMatchObject({ account: { name: "Anna", email: "given@example.org" } });
    expect((await run("show", "given")).stdout).toContain("\nAccount     Anna <given@example.org>\n");
    expect((await run("list")).stdout).toMatch(/^given +[0-9a-f-]{36} {2}given@example\.org$/m);
  });

  test("with --json prints the link and its end for a script", async () => {
    const { code, stdout, stderr } = await run("invite", "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { link, expires_at } = JSON.parse(stdout) as { link: string; expires_at: number };
    expect(`${link}\n`).toMatch(LINK);
    expect(Math.abs(expires_at - Date.now() - 7 * 24 * HOUR_MS)).toBeLessThan(60_000);
  });

  for (const [words, code, complaint] of [
    [["--days", "0"], 2, '--days: expected a whole number from 1 to 90, got "0".'],
    [["--days", "91"], 2, '--days: expected a whole number from 1 to 90, got "91".'],
    [["--profile", "nobody"], 1, 'There is no user "nobody". See user list.'],
  ] as const) {
    test(`${words.join(" ")} is refused, and no link is made`, async () => {
      expect(await run("invite", ...words)).toEqual({ code, stdout: "", stderr: `${complaint}\n` });
    });
  }
});

describe("heartwire user claim", () => {
  test("prints a link alone that makes the owner's account within a day; the one before it ends", async () => {
    await newProfile("claimed");
    const before = codeOf(await run("claim", "claimed"), "sign-up");
    const code = codeOf(await run("claim", "claimed"), "sign-up");
    expect(await hoursLeft("claim")).toBe(24);
    expect(await look(before)).toBe(404);
    expect(await look(code)).toEqual({ kind: "claim", profile: "claimed" });
    expect((await signUp(code, "owner@example.org")).status).toBe(200);
    expect(await run("claim", "claimed")).toEqual({
      code: 1,
      stdout: "",
      stderr:
        '"claimed" belongs to an account already. See user show; for a forgotten password, user reset.\n',
    });
    expect((await run("invite", "--profile", "claimed")).code).toBe(1);
  });
});

describe("heartwire user reset", () => {
  test("prints a link alone that sets a forgotten password anew; nothing ends before it is used", async () => {
    const { email, browser, name } = await newAccount(server);
    const before = codeOf(await run("reset", name), "reset");
    const printed = await run("reset", email.toUpperCase());
    const code = codeOf(printed, "reset");
    expect(printed.stderr).toStartWith(`This link sets the password of ${email} anew. It works once, until `);
    expect(await hoursLeft("reset")).toBe(24);
    expect(await look(before)).toBe(404);
    expect((await browser.post("token")).status).toBe(200);
    const stranger = new PageBrowser(server.origin);
    expect((await stranger.post("reset", { code, password: "a password of today" })).status).toBe(204);
    expect((await browser.post("token")).status).toBe(401);
    expect((await stranger.post("sign-in", { email, password: "a password of today" })).status).toBe(200);
  });

  test("of somebody who has no account, or is not there, says so", async () => {
    await newProfile("plain");
    expect(await run("reset", "plain")).toEqual({
      code: 1,
      stdout: "",
      stderr: '"plain" has no account yet. Make a link for one with user claim.\n',
    });
    expect(await run("reset", "nobody@example.org")).toEqual({
      code: 1,
      stdout: "",
      stderr: 'There is no account and no user "nobody@example.org". See user list.\n',
    });
  });
});

describe("heartwire user sign-out", () => {
  test("ends every session of an account, and stands in its trail", async () => {
    const { email, browser } = await newAccount(server);
    const other = new PageBrowser(server.origin);
    await other.post("sign-in", { email, password: PASSWORD });
    expect(await run("sign-out", email)).toEqual({
      code: 0,
      stdout: "",
      stderr: `${email} is signed out: 2 sessions ended.\n`,
    });
    for (const one of [browser, other]) expect((await one.post("token")).status).toBe(401);
    expect((await trailOf(server, email))[0]).toEqual({
      kind: "signed_out_everywhere",
      details: { by: "command line" },
    });
  });
});

test("links name the public address where there is one", async () => {
  const words = ["user", "invite", "--data", server.folder, "--public-url", "https://heart.example.org"];
  const { stdout } = await runHeartwire(words);
  expect(stdout).toMatch(/^https:\/\/heart\.example\.org\/sign-up#/);
});

test("without a data folder every command fails, and says so", async () => {
  const folder = `${throwAwayFolder()}/none`;
  for (const words of [["invite"], ["claim", "me"], ["reset", "me"], ["sign-out", "me"]]) {
    const { code, stdout, stderr } = await runHeartwire(["user", ...words, "--data", folder]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toStartWith(`There is no data folder ${folder} yet.`);
  }
});
