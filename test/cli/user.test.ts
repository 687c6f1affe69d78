import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { EpochMs } from "../../src/domain/reading.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { bearer } from "../support/requests.ts";
import { startTestServer, throwAwayFolder } from "../support/server.ts";
import { runHeartwire } from "./runHeartwire.ts";

const parent = throwAwayFolder();
let folder = "";
let made = 0;
beforeEach(async () => {
  folder = join(parent, String(++made));
  mkdirSync(folder);
  const directory = await SqliteDirectory.open(join(folder, "control.db"));
  await directory.createProfile("anna", Date.UTC(2024, 0, 1) as EpochMs);
  await directory.close();
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const run = (...words: readonly string[]) => runHeartwire(["user", ...words, "--data", folder]);

describe("heartwire user set", () => {
  test("keeps what is given, leaves the rest, and takes away what is empty", async () => {
    expect(
      await run("set", "anna", "--birth-date", "1990-05-31", "--weight", "68.5", "--sex", "female"),
    ).toMatchObject({
      code: 0,
      stderr: '"anna" is set:\n',
    });
    expect((await run("set", "anna", "--weight", "", "--channel", "twitch.tv/anna")).code).toBe(0);
    const { stdout } = await run("show", "anna", "--json");
    expect(JSON.parse(stdout)).toEqual({
      name: "anna",
      profile_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      created_at: Date.UTC(2024, 0, 1),
      account: null,
      channel: "twitch.tv/anna",
      login: null,
      username: null,
      birth_date: "1990-05-31",
      weight_kilograms: null,
      sex: "female",
    });
  });

  test("takes today for a birth date, as it says", async () => {
    const today = new Date().toISOString().slice(0, 10);
    expect(await run("set", "anna", "--birth-date", today)).toMatchObject({ code: 0 });
  });

  for (const [options, complaint] of [
    [
      ["--birth-date", "1990-02-30"],
      "--birth-date: expected a day from 1900-01-01 to today, such as 1990-05-31.",
    ],
    [
      ["--birth-date", "2990-01-01"],
      "--birth-date: expected a day from 1900-01-01 to today, such as 1990-05-31.",
    ],
    [["--weight", "9.9"], "--weight: expected kilograms from 10 to 500, such as 68.5."],
    [["--weight", "70kg"], "--weight: expected kilograms from 10 to 500, such as 68.5."],
    [["--sex", "f"], "--sex: expected female or male."],
    [
      ["--channel", "a\u0007b"],
      "--channel: expected one line of visible characters; a character in it is not seen.",
    ],
    [[], "user set: give at least one thing to set; see user set --help."],
  ] as const) {
    test(`refuses ${options.join(" ") || "nothing"} with what was expected`, async () => {
      expect(await run("set", "anna", ...options)).toEqual({ code: 2, stdout: "", stderr: `${complaint}\n` });
    });
  }

  test("of somebody who is not there fails and says where to look", async () => {
    expect(await run("set", "ben", "--weight", "70")).toEqual({
      code: 1,
      stdout: "",
      stderr: 'There is no user "ben". See user list.\n',
    });
  });
});

test("heartwire user list names everybody with their profile_id", async () => {
  const { stdout } = await run("list");
  expect(stdout).toMatch(/^anna {22}[0-9a-f-]{36}\n$/);
  expect(JSON.parse((await run("list", "--json")).stdout)).toMatchObject([
    { name: "anna", weight_kilograms: null },
  ]);
});

test("heartwire user show shows what is known, for people", async () => {
  const { stdout } = await run("show", "anna");
  expect(stdout.replace(/[0-9a-f-]{36}/, "UUID")).toBe(
    [
      "Name        anna",
      "profile_id  UUID",
      "Account     -",
      "Channel     -",
      "Login       -",
      "Username    -",
      "Birth date  -",
      "Weight, kg  -",
      "Sex         -\n",
    ].join("\n"),
  );
});

test("a running server shows at once what was set", async () => {
  await using server = await startTestServer();
  const token = await server.token(["profile:read", "data:heart_rate:write"], { user: "anna" });
  const profile = async () =>
    (await fetch(`${server.origin}/api/v1/profile`, { headers: bearer(token) })).text();
  expect(await profile()).toBe(
    '{"channel":"","login":"anna","username":"anna","mobile_login":false,"heart_rate":false}',
  );
  const words = [
    "user",
    "set",
    "anna",
    "--login",
    "anna@example.org",
    "--channel",
    "twitch.tv/anna",
    "--data",
    server.folder,
  ];
  expect((await runHeartwire(words)).code).toBe(0);
  expect(await profile()).toBe(
    '{"channel":"twitch.tv/anna","login":"anna@example.org","username":"anna@example.org","mobile_login":false,"heart_rate":false}',
  );
});
