import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { profilesWithReadings, rowsOf } from "../support/folderRows.ts";
import { startTestServer, throwAwayFolder, write } from "../support/server.ts";
import { signIn } from "../support/signedIn.ts";
import { runHeartwire } from "./runHeartwire.ts";

const folders: string[] = [];
let folder = "";
beforeEach(() => {
  folder = throwAwayFolder();
  folders.push(folder);
});
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});

const run = (...words: readonly string[]) => runHeartwire(["user", "delete", ...words, "--data", folder]);

/** A server with Anna, who has an account, and Ben, who has not; both have readings. */
async function start() {
  const server = await startTestServer({ folder });
  await signIn(server, { user: "anna", email: "anna@example.org" });
  for (const user of ["anna", "ben"]) {
    const token = await server.token(["data:heart_rate:write"], { user });
    await write(server.origin, token, Date.now(), 70);
  }
  return server;
}

const numberOf = (name: string) => {
  const rows = rowsOf(join(folder, "control.db")).profile ?? [];
  return rows.map((row) => JSON.parse(row)).find((row) => row.name === name)?.id;
};

describe("heartwire user delete", () => {
  test("erases somebody beside a running server, and says so when it is done", async () => {
    await using server = await start();
    const ben = numberOf("ben");
    expect(await run("anna", "--yes")).toEqual({ code: 0, stdout: "", stderr: '"anna" is erased.\n' });
    expect(numberOf("anna")).toBeUndefined();
    expect(profilesWithReadings(server.folder)).toEqual(new Set([ben]));
    expect(rowsOf(join(folder, "control.db")).person).toEqual([]);
  });

  test("does it itself where no server runs", async () => {
    const server = await start();
    const ben = numberOf("ben");
    await server[Symbol.asyncDispose]();
    expect(await run("anna", "--yes")).toEqual({ code: 0, stdout: "", stderr: '"anna" is erased.\n' });
    expect(numberOf("anna")).toBeUndefined();
    expect(profilesWithReadings(folder)).toEqual(new Set([ben]));
  });

  test("does nothing without --yes, and knows nobody of another name", async () => {
    await using server = await start();
    const unsure = await run("anna");
    expect({ code: unsure.code, stderr: unsure.stderr }).toEqual({
      code: 2,
      stderr: "user delete: this erases everything of the user for good. Add --yes to do it.\n",
    });
    const unknown = await run("carl", "--yes");
    expect({ code: unknown.code, stderr: unknown.stderr }).toEqual({
      code: 1,
      stderr: 'There is no user "carl". See user list.\n',
    });
    expect(profilesWithReadings(server.folder).size).toBe(2);
  });
});
