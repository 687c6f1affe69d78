import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { hasProgram } from "../support/programs.ts";
import { throwAwayFolder } from "../support/server.ts";
import { makeFolder } from "./doctor/examining.ts";
import { runHeartwire } from "./runHeartwire.ts";

/** What commands say of a data folder that they cannot use. */
const parent = throwAwayFolder();
let folder = "";
let made = 0;
beforeEach(() => {
  folder = join(parent, String(++made));
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const COMMANDS = [
  ["serve", "--port", "0"],
  ["token", "list"],
  ["user", "list"],
  ["dropin", "on", "--dry-run"],
] as const;

const NOBODY = 65_534;

for (const [command, ...words] of COMMANDS) {
  test(`${command} says to another user that the permission is missing, in which folder, and whose it is`, async () => {
    // Root may read everything, so that it has to be somebody else who tries.
    const isRoot = process.getuid?.() === 0;
    if (isRoot && !hasProgram("setpriv", "util-linux")) return;
    const id = String(NOBODY);
    const through = isRoot ? ["setpriv", `--reuid=${id}`, `--regid=${id}`, "--clear-groups"] : [];
    await makeFolder(folder);
    chmodSync(parent, 0o711);
    chmodSync(folder, isRoot ? 0o700 : 0);
    const { code, stdout, stderr } = await runHeartwire([command, ...words, "--data", folder], { through });
    chmodSync(folder, 0o700);
    const [user, owner, mode] = isRoot ? [id, 0, "700"] : [process.getuid?.(), process.getuid?.(), "000"];
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: "",
      stderr: `No permission: user ${user} may not read and write in the data folder ${folder}, which belongs to user ${owner} (mode ${mode}). Run Heartwire as the folder's owner, or choose another folder with HEARTWIRE_DATA.\n`,
    });
  });
}

describe("a command that works on what a server keeps", () => {
  test("says before the first start that the server has to be started once", async () => {
    const { code, stderr } = await runHeartwire(["token", "list", "--data", folder]);
    expect(stderr).toBe(
      `There is no data folder ${folder} yet. Start the server once (npm start), which makes it. Name the right one with --data or HEARTWIRE_DATA if it is elsewhere.\n`,
    );
    expect(code).toBe(1);
  });

  test("says of a folder that is another's what makes one", async () => {
    mkdirSync(folder);
    const { code, stderr } = await runHeartwire(["token", "list", "--data", folder]);
    expect(stderr).toBe(
      `${folder} is not a data folder of Heartwire. Name the right one with --data or HEARTWIRE_DATA; npm start makes one.\n`,
    );
    expect(code).toBe(1);
  });
});
