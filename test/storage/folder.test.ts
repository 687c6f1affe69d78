import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { DEFAULT_LIMITS } from "../../src/settings/limits.ts";
import { openFolder } from "../../src/storage/sqlite/folder.ts";
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
