import { expect, test } from "bun:test";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "../../src/settings/limits.ts";
import { FILES } from "../../src/storage/sqlite/files.ts";
import { openFolder, openFolderDirectory } from "../../src/storage/sqlite/folder.ts";
import { throwAwayFolder } from "../support/server.ts";

const OPTIONS = { durability: "commit", limits: DEFAULT_LIMITS } as const;

test("a folder whose readings cannot be closed lets go of the rest, and can be opened again", async () => {
  const folder = throwAwayFolder();
  const storage = await openFolder(folder, OPTIONS);
  const closeReadings = storage.readings.close.bind(storage.readings);
  storage.readings.close = async () => {
    await closeReadings();
    throw new Error("the disk is gone");
  };
  const closeDirectory = storage.directory.close.bind(storage.directory);
  let isDirectoryClosed = false;
  storage.directory.close = async () => {
    await closeDirectory();
    isDirectoryClosed = true;
  };
  expect(await storage.close().catch(({ message }) => message)).toBe("the disk is gone");
  expect(isDirectoryClosed).toBe(true);
  const again = await openFolder(folder, OPTIONS);
  expect(await again.directory.listProfiles()).toEqual([]);
  await again.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const left of ["missing", "empty"]) {
  test(`readings whose users are ${left} are given to nobody: the folder is not opened`, async () => {
    const folder = throwAwayFolder();
    const [control, readings] = [join(folder, FILES.control), join(folder, FILES.readings)];
    await (await openFolder(folder, OPTIONS)).close();
    rmSync(control);
    if (left === "empty") writeFileSync(control, "");
    for (const open of [
      () => openFolder(folder, OPTIONS),
      () => openFolderDirectory(folder, { create: true }),
      () => openFolderDirectory(folder, { create: false }),
    ]) {
      expect(await open().catch(({ message }) => message)).toBe(
        `${readings} is there without ${control}, which says whose readings they are. Put the control.db of the same backup back, or move readings.db away to begin anew.`,
      );
    }
    expect(existsSync(control)).toBe(left === "empty");
    rmSync(readings);
    await (await openFolder(folder, OPTIONS)).close();
    rmSync(folder, { recursive: true, force: true });
  });
}

test("users without readings, as commands make them before the first start, are opened", async () => {
  const folder = throwAwayFolder();
  await (await openFolderDirectory(folder, { create: true })).close();
  await (await openFolder(folder, OPTIONS)).close();
  rmSync(folder, { recursive: true, force: true });
});
