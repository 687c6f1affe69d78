import { Database } from "bun:sqlite";
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { FILES } from "../../src/storage/sqlite/files.ts";
import { ServerProcess } from "../support/faults/serverProcess.ts";
import { throwAwayFolder } from "../support/server.ts";
import { runHeartwire } from "./runHeartwire.ts";

const FAILED = 1;
const WRONG_USAGE = 2;
const DAY_MS = 86_400_000;
const TEST_MS_MAX = 60_000;
const TOKEN = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n$/;

const parent = throwAwayFolder();
let folder = "";
let made = 0;
beforeEach(() => {
  folder = join(parent, String(++made));
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const run = (words: readonly string[], input?: string) =>
  runHeartwire(["token", ...words, "--data", folder], input === undefined ? {} : { input });

/** Makes a token that may read, with these further words. @returns the token */
async function create(...more: string[]): Promise<string> {
  const { code, stdout } = await run([
    "create",
    "--user",
    "anna",
    "--scopes",
    "data:heart_rate:read",
    ...more,
  ]);
  expect(code).toBe(0);
  return stdout.trim();
}

async function list(): Promise<readonly Record<string, unknown>[]> {
  const { code, stdout } = await run(["list", "--json"]);
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

const states = async () => (await list()).map(({ state }) => state);

describe("heartwire token create", () => {
  test("prints the token, alone, on stdout, and makes the folder and the user where there are none", async () => {
    const { code, stdout, stderr } = await run([
      "create",
      "--user",
      "anna",
      "--scopes",
      "data:heart_rate:write,data:heart_rate:read",
    ]);
    expect(stdout).toMatch(TOKEN);
    expect(stderr).toBe(
      'A token of "anna" for data:heart_rate:read, data:heart_rate:write. You will not see it again:\n',
    );
    expect(code).toBe(0);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(await list()).toEqual([
      expect.objectContaining({
        id: 1,
        user: "anna",
        state: "works",
        scopes: ["data:heart_rate:read", "data:heart_rate:write"],
        label: null,
        expires_at: null,
        revoked_at: null,
      }),
    ]);
  });

  test("a token ends after the days it was given, and not before", async () => {
    await create("--expires", "0.001");
    await create("--expires", "36500");
    await create("--expires", "1.5");
    const days = (await list()).map(({ expires_at, created_at }) => Number(expires_at) - Number(created_at));
    expect(days).toEqual([86_400, 36_500 * DAY_MS, 1.5 * DAY_MS]);
    edit("UPDATE access_token SET expires_at = 1 WHERE id = 2");
    expect(await states()).toEqual(["works", "expired", "works"]);
  });

  test("a number of days that is none, or out of bounds, is wrong usage that names the bounds", async () => {
    for (const days of [
      "1e-9",
      "1e3",
      "0",
      "0.0009",
      "36500.1",
      "-1",
      "0x10",
      "Infinity",
      "soon",
      "",
      " 1",
      "1.",
    ]) {
      await expectUsageError(["--expires", days], "--expires: expected a number of days from 0.001 to 36500");
    }
  });

  test("a name and a label have 1 to 100 characters", async () => {
    const longest = "\u{1f49b}".repeat(100);
    await create("--user", longest, "--label", longest);
    expect(await list()).toMatchObject([{ user: longest, label: longest }]);
    for (const option of ["--user", "--label"]) {
      for (const text of ["", "  ", `${longest}a`]) {
        await expectUsageError([option, text], `${option}: expected 1 to 100 characters`);
      }
    }
  });

  test("a name or a label that would move a terminal's cursor or hide what it says is wrong usage", async () => {
    for (const option of ["--user", "--label"]) {
      for (const unseen of [
        "\u001b[31m",
        "\n",
        "\t",
        "\u007f",
        "\u009b",
        "\u202e",
        "\u200b",
        "\u2028",
        "\u2029",
      ]) {
        await expectUsageError(
          [option, `an${unseen}na`],
          `${option}: expected one line of visible characters`,
        );
      }
    }
  });

  test("a scope that does not exist is wrong usage that lists those there are", async () => {
    await expectUsageError(
      ["--scopes", "data:heart_rate:read,cake:eat"],
      "--scopes: there is no scope cake:eat. There are: data:heart_rate:read,",
    );
    await expectUsageError(["--scopes", ","], "--scopes: name at least one of data:heart_rate:read");
  });

  test(
    "eight commands at once for one new user make one user and eight tokens",
    async () => {
      await create("--user", "ben");
      const tokens = await Promise.all(Array.from({ length: 8 }, () => create("--user", "anna")));
      expect(new Set(tokens).size).toBe(8);
      const ofAnna = (await list()).filter(({ user }) => user === "anna");
      expect(ofAnna).toHaveLength(8);
      expect(new Set(ofAnna.map(({ profile_id }) => profile_id)).size).toBe(1);
    },
    TEST_MS_MAX,
  );

  async function expectUsageError(more: readonly string[], message: string): Promise<void> {
    const words = ["create", "--user", "anna", "--scopes", "data:heart_rate:read", ...more];
    const { code, stdout, stderr } = await run(words);
    expect({ code, stdout }).toEqual({ code: WRONG_USAGE, stdout: "" });
    expect(stderr).toStartWith(message);
    expect(stderr).toMatch(/^[^\n]+\n$/);
  }
});

describe("heartwire token list", () => {
  test("prints a line a token on stdout, oldest first, and never a token", async () => {
    const tokens = [await create(), await create("--user", "ben", "--label", "strap", "--expires", "30")];
    const { stdout, stderr, code } = await run(["list"]);
    const [first, second, ...more] = stdout.trimEnd().split("\n");
    expect(first).toMatch(
      /^ {3}1 {2}anna {14}works {5}until revoked {7}made \d{4}-\d\d-\d\d {2}data:heart_rate:read$/,
    );
    expect(second).toMatch(/^ {3}2 {2}ben .* until \d{4}-\d\d-\d\d .*data:heart_rate:read {2}\(strap\)$/);
    expect({ more, stderr, code }).toEqual({ more: [], stderr: "", code: 0 });
    for (const token of tokens) expect(stdout + JSON.stringify(await list())).not.toContain(token);
  });

  test("names and labels of before, with characters that are refused now, come without them", async () => {
    const name = "an\u001b[2J\u202ena";
    const label = "two\nlines \u2028\u{e0041}";
    await create("--label", "strap");
    edit("UPDATE profile SET name = ?", name);
    edit("UPDATE access_token SET label = ?", label);
    const unseen = /[\p{Cc}\p{Cf}\u2028\u2029]/u;
    const { stdout } = await run(["list"]);
    expect(stdout.replace(/\n$/, "")).not.toMatch(unseen);
    expect(stdout).toContain("an\ufffd[2J\ufffdna");
    expect(stdout).toContain("(two\ufffdlines \ufffd\ufffd)");
    const json = await run(["list", "--json"]);
    expect(json.stdout.replaceAll("\n", "")).not.toMatch(unseen);
    expect(JSON.parse(json.stdout)).toMatchObject([{ user: name, label }]);
  });

  test("says so when there are none, and fails in a folder that is not one of Heartwire's", async () => {
    mkdirSync(folder);
    expect(await run(["list"])).toEqual({
      code: FAILED,
      stdout: "",
      stderr: expect.stringContaining("is not a data folder of Heartwire"),
    });
    await create();
    edit("DELETE FROM access_token");
    expect(await run(["list"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "There are no tokens yet. Make one with token create.\n",
    });
    expect(await list()).toEqual([]);
  });
});

describe("heartwire token revoke", () => {
  test("revokes several by their numbers", async () => {
    for (let token = 1; token <= 3; token++) await create();
    expect(await run(["revoke", "3", "1"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "Token 3 is revoked.\nToken 1 is revoked.\n",
    });
    expect(await states()).toEqual(["revoked", "works", "revoked"]);
  });

  test("revokes the token that it reads from stdin, which needs no number", async () => {
    await create();
    const token = await create();
    expect(await run(["revoke", "-"], `${token}\n`)).toEqual({
      code: 0,
      stdout: "",
      stderr: "Token 2 is revoked.\n",
    });
    expect(await run(["revoke", "-"], token)).toMatchObject({
      code: FAILED,
      stderr: "This token is unknown, or revoked already.\n",
    });
    expect(await run(["revoke", "-"], "no token")).toMatchObject({
      code: WRONG_USAGE,
      stderr: "token revoke -: expected a token on stdin.\n",
    });
    expect(await states()).toEqual(["works", "revoked"]);
  });

  test("tells when the app may know the address of a link that stays open, and only then", async () => {
    await create("--scopes", "data:heart_rate:read,widgets:read");
    await create("--scopes", "data:heart_rate:read,widgets:read");
    await create();
    expect((await run(["revoke", "1"])).stderr).toBe("Token 1 is revoked.\n");
    await runHeartwire(["widget", "create", "--user", "anna", "--data", folder]);
    expect((await run(["revoke", "3"])).stderr).toBe("Token 3 is revoked.\n");
    expect((await run(["revoke", "2"])).stderr).toMatch(
      /^Token 2 is revoked\.\nLinks of this user's widgets are still open\. .* widget open gives such a widget a new address\.\n$/,
    );
    expect((await run(["revoke", "--help"])).stdout).toContain(
      "widget open gives such a widget a new address.",
    );
  });

  test("of a number that is unknown or revoked already it says so, and revokes the others", async () => {
    for (let token = 1; token <= 2; token++) await create();
    await run(["revoke", "1"]);
    expect(await run(["revoke", "9", "1", "2"])).toEqual({
      code: FAILED,
      stdout: "",
      stderr:
        "Token 2 is revoked.\n" +
        "There is no token 9 that still works. See token list.\n" +
        "There is no token 1 that still works. See token list.\n",
    });
    expect(await states()).toEqual(["revoked", "revoked"]);
  });

  test("what is no number is wrong usage, is not repeated, and revokes nothing", async () => {
    const token = await create();
    for (const words of [["1", token], ["1", "1.5"], []]) {
      const { code, stdout, stderr } = await run(["revoke", ...words]);
      expect({ code, stdout }).toEqual({ code: WRONG_USAGE, stdout: "" });
      expect(stderr).toMatch(/^token revoke: [^\n]+\n$/);
      expect(stderr).not.toContain(token);
    }
    expect(await states()).toEqual(["works"]);
  });
});

test(
  "a server that runs takes a new token at once, and refuses it within a second after it was revoked",
  async () => {
    await using server = await ServerProcess.start({ folder });
    const token = await create();
    const ask = async () => {
      const response = await fetch(`${server.origin}/api/v1/token/validate`, {
        headers: { authorization: `Bearer ${token}` },
      });
      await response.text();
      return response.status;
    };
    expect(await ask()).toBe(200);
    expect((await run(["revoke", "-"], token)).code).toBe(0);
    const revokedAtMs = performance.now();
    while ((await ask()) === 200) await Bun.sleep(20);
    expect(performance.now() - revokedAtMs).toBeLessThan(1_000);
    expect(await ask()).toBeOneOf([401, 403]);
  },
  TEST_MS_MAX,
);

/** Changes a row behind the command's back. */
function edit(statement: string, ...parameters: readonly string[]): void {
  const database = new Database(join(folder, FILES.control));
  database.run("PRAGMA busy_timeout = 5000");
  database.run(statement, [...parameters]);
  database.close();
}
