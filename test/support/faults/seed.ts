import { type Random, seededRandom } from "../../../src/domain/random.ts";

/**
 * Runs a test that takes its chances from a seed, and names the seed when it fails: FAULT_SEED=... runs it again
 * with the same choices (the timing of processes stays what it is).
 */
export async function withSeed(test: (random: Random) => Promise<void>): Promise<void> {
  const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 1e9));
  try {
    await test(seededRandom(seed));
  } catch (error) {
    console.error(`This failed with FAULT_SEED=${seed}.`);
    throw error;
  }
}
