import { expect, spyOn, test } from "bun:test";
import { rmSync } from "node:fs";
import type { EpochMs, ProfileId } from "../../src/domain/reading.ts";
import { DEFAULT_LIMITS } from "../../src/settings/limits.ts";
import { finishErasures } from "../../src/storage/erasing.ts";
import { openFolder } from "../../src/storage/sqlite/folder.ts";
import { throwAwayFolder } from "../support/server.ts";

const NOW = 1_760_000_000_000 as EpochMs;

test("an erasure that fails holds up no other, is told, and is finished by the next call", async () => {
  const folder = throwAwayFolder();
  const { directory, readings, close } = await openFolder(folder, {
    durability: "relaxed",
    limits: DEFAULT_LIMITS,
  });
  const { id: ada } = await directory.createProfile("ada", NOW);
  const { id: ben } = await directory.createProfile("ben", NOW);
  for (const profile of [ada, ben]) await directory.erasures.begin(profile, NOW);
  const { erase } = readings;
  readings.erase = (profile: ProfileId) =>
    profile === ada ? Promise.reject(new Error("the disk is gone")) : erase.call(readings, profile);
  const told: ProfileId[] = [];
  const finish = () =>
    finishErasures(
      { directory, readings },
      () => NOW,
      (profile) => told.push(profile),
    );
  expect(await finish().catch((error: Error) => error.message)).toBe("the disk is gone");
  expect(await directory.erasures.list()).toEqual([{ profile: ada, begunAt: NOW }]);
  readings.erase = erase;
  await finish();
  expect(await directory.erasures.list()).toEqual([]);
  expect(told).toEqual([ada, ben, ada]);
  await close();
  rmSync(folder, { recursive: true, force: true });
});

test("people who are erased together cost one writing of the file, during which nobody is answered", async () => {
  const folder = throwAwayFolder();
  const { directory, readings, close } = await openFolder(folder, {
    durability: "relaxed",
    limits: DEFAULT_LIMITS,
  });
  for (const name of ["ada", "ben", "cleo"]) {
    const { id } = await directory.createProfile(name, NOW);
    await directory.erasures.begin(id, NOW);
  }
  const overwrite = spyOn(directory.erasures, "overwriteDeleted");
  await finishErasures({ directory, readings }, () => NOW);
  expect(await directory.erasures.list()).toEqual([]);
  expect(overwrite).toHaveBeenCalledTimes(1);
  await close();
  rmSync(folder, { recursive: true, force: true });
});
