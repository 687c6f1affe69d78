import { afterAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { EpochMs } from "../../src/domain/reading.ts";
import { COLOUR_RANGES } from "../../src/domain/widgetKinds.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { startTestServer, throwAwayFolder } from "../support/server.ts";
import { runHeartwire } from "./runHeartwire.ts";

const parent = throwAwayFolder();
let made = 0;
afterAll(() => rmSync(parent, { recursive: true, force: true }));

async function newFolder(
  environment: Readonly<Record<string, string>> = {},
): Promise<(...words: readonly string[]) => ReturnType<typeof runHeartwire>> {
  const folder = join(parent, String(++made));
  await runHeartwire(["token", "create", "--user", "anna", "--scopes", "profile:read", "--data", folder]);
  return (...words) => runHeartwire(["widget", ...words, "--data", folder], { environment });
}

const ADDRESS = /^http:\/\/localhost:4327\/widget\/view\/([0-9a-f-]{36})\n$/;

describe("heartwire widget", () => {
  test("makes a widget and prints the address of its overlay, alone, on stdout", async () => {
    const run = await newFolder();
    const { code, stdout, stderr } = await run("create", "--user", "anna");
    expect(code).toBe(0);
    expect(stdout).toMatch(ADDRESS);
    expect(stderr).toBe(
      "Paste this address into a browser source of OBS. Whoever knows it sees the pulse:\n",
    );
    const [, id] = ADDRESS.exec(stdout) ?? [];
    expect((await run("list")).stdout).toBe(`${id}  open    anna              Heart rate\n`);
  });

  test("the address is the public one where there is one", async () => {
    const run = await newFolder();
    const { stdout } = await run("create", "--user", "anna", "--public-url", "https://heart.example.org");
    expect(stdout).toStartWith("https://heart.example.org/widget/view/");
  });

  test("without one it is where the server listens", async () => {
    const run = await newFolder();
    const words = ["create", "--user", "anna", "--host", "192.168.1.20", "--port", "80"];
    expect((await run(...words)).stdout).toStartWith("http://192.168.1.20:80/widget/view/");
  });

  test("or where commands were told that it is", async () => {
    const run = await newFolder({ HEARTWIRE_URL: "http://127.0.0.1:4602" });
    const words = ["create", "--user", "anna"];
    expect((await run(...words)).stdout).toStartWith("http://127.0.0.1:4602/widget/view/");
    expect((await run(...words, "--port", "80")).stdout).toStartWith("http://localhost:80/widget/view/");
  });

  test("configures, and says what no widget can be configured with", async () => {
    const run = await newFolder();
    const [, id = ""] = ADDRESS.exec((await run("create", "--user", "anna")).stdout) ?? [];
    const configured = await run("configure", id, '{"heartEnabled":false}');
    expect(configured).toEqual({ code: 0, stdout: "", stderr: "The configuration is set.\n" });
    const listed = JSON.parse((await run("list", "--json")).stdout);
    expect(listed[0].configuration).toEqual({ heartEnabled: false });
    for (const [json, complaint] of [
      ["[]", /^The configuration: expected a JSON object/],
      [
        JSON.stringify({ a: "x".repeat(4_100) }),
        /^The configuration: expected at most 4096 bytes of JSON\.\n$/,
      ],
    ] as const) {
      const { code, stderr } = await run("configure", id, json);
      expect(code).toBe(2);
      expect(stderr).toMatch(complaint);
    }
    expect((await run("configure", crypto.randomUUID(), "{}")).code).toBe(1);
  });

  test("closes, opens under a new address, and deletes", async () => {
    const run = await newFolder();
    const config = '{"heartColor":"#ff0000ff"}';
    const words = ["--user", "anna", "--kind", COLOUR_RANGES, "--name", "Stream", "--config", config];
    const [, id = ""] = ADDRESS.exec((await run("create", ...words)).stdout) ?? [];
    expect((await run("close", id)).stderr).toBe("The link is closed.\n");
    expect(JSON.parse((await run("list", "--json")).stdout)).toEqual([
      {
        id,
        user: "anna",
        meta_id: COLOUR_RANGES,
        name: "Stream",
        configuration: { heartColor: "#ff0000ff" },
        open: false,
      },
    ]);
    const [, reopened = ""] = ADDRESS.exec((await run("open", id)).stdout) ?? [];
    expect(reopened).not.toBe(id);
    expect((await run("close", id)).stderr).toBe("There is no such widget. See widget list.\n");
    expect((await run("delete", reopened)).stderr).toBe("The widget is deleted.\n");
    expect((await run("list")).stderr).toBe("There are no widgets yet. Make one with widget create.\n");
  });

  test("says what is wrong with a kind, a configuration and a user", async () => {
    const run = await newFolder();
    for (const [words, code, complaint] of [
      [["--user", "anna", "--kind", "x"], 2, /^--kind: expected one of bf6bdf21-/],
      [["--user", "anna", "--config", "1"], 2, /^The configuration: expected a JSON object/],
      [["--user", "ben"], 1, /^There is no user "ben"\. See user list\.\n$/],
    ] as const) {
      const finished = await run("create", ...words);
      expect({ code: finished.code, stdout: finished.stdout }).toEqual({ code, stdout: "" });
      expect(finished.stderr).toMatch(complaint);
    }
  });

  test("a running server shows the overlay at once", async () => {
    await using server = await startTestServer();
    const directory = await SqliteDirectory.open(join(server.folder, "control.db"));
    await directory.findOrCreateProfile("anna", Date.now() as EpochMs);
    await directory.close();
    const { port } = new URL(server.origin);
    const words = ["widget", "create", "--user", "anna", "--data", server.folder, "--port", port];
    const { stdout } = await runHeartwire(words);
    const id = stdout.trim().split("/").at(-1);
    expect((await fetch(`${server.origin}/api/heartwire/v1/links/${id}`)).status).toBe(200);
  });
});
