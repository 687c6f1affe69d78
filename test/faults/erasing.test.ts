import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { between } from "../../src/domain/random.ts";
import type { Bpm, EpochMs, ProfileId, SourceId } from "../../src/domain/reading.ts";
import { DEFAULT_LIMITS } from "../../src/settings/limits.ts";
import { openFolder } from "../../src/storage/sqlite/folder.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { withSeed } from "../support/faults/seed.ts";
import { ServerProcess } from "../support/faults/serverProcess.ts";
import { profilesWithReadings, rowsOf } from "../support/folderRows.ts";
import { throwAwayFolder } from "../support/server.ts";

/** How often the server is killed while somebody is erased; in CI more often. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? (process.env.CI === "true" ? 25 : 6));

const READINGS = 6_000;
const ERASING_MS_MAX = 400;
const LIMITS = { freshReadingsMax: 1_500, walPagesMax: 50, hourQuietSeconds: 0 };

/** Two people's readings, each commit with both; some fresh, some packed, some sealed. */
async function fill(folder: string, round: number): Promise<{ ada: ProfileId; ben: ProfileId }> {
  const storage = await openFolder(folder, {
    durability: "relaxed",
    limits: { ...DEFAULT_LIMITS, ...LIMITS },
  });
  const now = Date.now() as EpochMs;
  const { id: ada } = await storage.directory.findOrCreateProfile(`ada ${round}`, now);
  const { id: ben } = await storage.directory.findOrCreateProfile("ben", now);
  for (let from = 0; from < READINGS; from += 20) {
    const batch = Array.from({ length: 20 }, (_, place) => {
      const measuredAt = (now - 90_000_000 + (from + place) * 10_000 + round) as EpochMs;
      const profile = place % 2 === 0 ? ada : ben;
      return { profile, source: 0 as SourceId, measuredAt, arrivedAt: measuredAt, bpm: 70 as Bpm };
    });
    await storage.readings.append(batch);
  }
  await storage.close();
  return { ada, ben };
}

/** Begins an erasure as a command beside the server does. */
async function begin(folder: string, profile: ProfileId): Promise<void> {
  const directory = await SqliteDirectory.open(join(folder, "control.db"));
  await directory.erasures.begin(profile, Date.now() as EpochMs);
  await directory.close();
}

async function unfinished(folder: string): Promise<number> {
  const directory = await SqliteDirectory.open(join(folder, "control.db"));
  const { length } = await directory.erasures.list();
  await directory.close();
  return length;
}

test(
  "kill -9 while somebody is erased leaves it to the next start, which finishes it and nothing else",
  () =>
    withSeed(async (random) => {
      const folder = throwAwayFolder();
      let cutShort = 0;
      for (let round = 1; round <= ROUNDS; round++) {
        const { ada, ben } = await fill(folder, round);
        {
          await using server = await ServerProcess.start({ folder, limits: LIMITS });
          await begin(folder, ada);
          await Bun.sleep(between(random, 0, ERASING_MS_MAX));
          await server.kill();
        }
        cutShort += await unfinished(folder);
        await using next = await ServerProcess.start({ folder, limits: LIMITS });
        while ((await unfinished(folder)) > 0) await Bun.sleep(20);
        await next.stop();
        expect({ round, left: profilesWithReadings(folder) }).toEqual({ round, left: new Set([ben]) });
        const { trail = [], profile = [] } = rowsOf(join(folder, "control.db"));
        expect(trail.filter((row) => row.includes('"kind":"erased"'))).toHaveLength(round);
        expect(profile.filter((row) => row.includes("ada"))).toEqual([]);
        const storage = await openFolder(folder, { durability: "relaxed", limits: DEFAULT_LIMITS });
        const everything = { from: 0 as EpochMs, to: Number.MAX_SAFE_INTEGER as EpochMs };
        expect(await storage.readings.read(ben, everything, 1_000_000)).toHaveLength((READINGS / 2) * round);
        await storage.close();
      }
      console.error(`${ROUNDS} kills, of which ${cutShort} cut an erasure short.`);
      expect(cutShort).toBeGreaterThan(0);
      rmSync(folder, { recursive: true, force: true });
    }),
  60_000 + ROUNDS * 20_000,
);
