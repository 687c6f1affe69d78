import { afterAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { between, type Random } from "../../src/domain/random.ts";
import type { Limits } from "../../src/settings/limits.ts";
import { checkFolder, type FolderCheck, makeUsers } from "../support/faults/dataFolder.ts";
import { Ledger } from "../support/faults/ledger.ts";
import { startLoad } from "../support/faults/load.ts";
import { withSeed } from "../support/faults/seed.ts";
import { ServerProcess } from "../support/faults/serverProcess.ts";
import { throwAwayFolder } from "../support/server.ts";

/** How often the server is killed; in CI at least fifty times. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? (process.env.CI === "true" ? 50 : 8));

/** The folder is opened and compared after every so many kills, and after the last. */
const ROUNDS_A_CHECK = 5;

const USERS = ["ada", "ben", "cy", "dee", "eve", "flo"];
const CONNECTIONS = 48;
const ROUND_MS_MAX = 400;
const TEST_MS_MAX = 60_000 + ROUNDS * 15_000;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test(
  "kill -9 under load, again and again, loses and doubles no reading that was answered 200",
  () => withSeed(async (random) => void (await survives({ random, rounds: ROUNDS }))),
  TEST_MS_MAX,
);

test(
  "kill -9 while readings are being packed loses and doubles none",
  () =>
    withSeed(async (random) => {
      const limits = { freshReadingsMax: 500, walPagesMax: 50 };
      const { stored, packed } = await survives({ random, rounds: ROUNDS, limits });
      // Packing ran, again and again, or this test shows nothing.
      expect(packed).toBeGreaterThan(stored / 2);
    }),
  TEST_MS_MAX,
);

test(
  "kill -9 while hours are sealed and free pages go back loses and doubles none",
  () =>
    withSeed(async (random) => {
      const limits = { freshReadingsMax: 500, walPagesMax: 50, hourQuietSeconds: 0 };
      // Free pages go back once a second: some rounds last longer.
      const rounds = Math.ceil(ROUNDS / 2);
      const { stored, sealed } = await survives({ random, rounds, limits, roundMsMax: 1_600 });
      // Sealing ran, or this test shows nothing.
      expect(sealed).toBeGreaterThan(stored / 50);
    }),
  TEST_MS_MAX,
);

test(
  "with relaxed durability, kill -9 of the process loses no reading that was answered 200",
  () =>
    withSeed(async (random) => {
      const environment = { HEARTWIRE_DURABILITY: "relaxed" };
      await survives({ random, rounds: Math.max(3, Math.ceil(ROUNDS / 4)), environment });
    }),
  TEST_MS_MAX,
);

interface Killing {
  readonly random: Random;
  readonly rounds: number;
  readonly limits?: Partial<Limits>;
  readonly environment?: Readonly<Record<string, string>>;
  /** A server lives up to this long under load; {@link ROUND_MS_MAX} when absent. */
  readonly roundMsMax?: number;
}

/** Starts, loads and kills a server over and over on one folder. @returns what its folder holds at the end */
async function survives({
  random,
  rounds,
  roundMsMax = ROUND_MS_MAX,
  ...options
}: Killing): Promise<Omit<FolderCheck, "wrong">> {
  const folder = throwAwayFolder();
  folders.push(folder);
  const ledger = new Ledger(USERS);
  const tokens = await makeUsers(folder, USERS);
  let found = { stored: 0, packed: 0, sealed: 0 };
  for (let round = 1; round <= rounds; round++) {
    await using server = await ServerProcess.start({ folder, ...options });
    const load = startLoad({ origin: server.origin, ledger, tokens, connections: CONNECTIONS, random });
    await Bun.sleep(between(random, 0, roundMsMax));
    await server.kill();
    await load.stop();
    expect([...load.refusals]).toEqual([]);
    if (round % ROUNDS_A_CHECK !== 0 && round !== rounds) continue;
    const { wrong, ...counts } = await checkFolder(folder, ledger);
    expect({ round, wrong: wrong.slice(0, 20) }).toEqual({ round, wrong: [] });
    found = counts;
  }
  expect(ledger.answeredCount).toBeGreaterThan(rounds * CONNECTIONS);
  console.error(
    `${rounds} kills: ${ledger.answeredCount} readings answered 200, ${found.stored} stored, ${found.packed} of them packed, ${found.sealed} sealed.`,
  );
  return found;
}
