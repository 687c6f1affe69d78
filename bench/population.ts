import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hashToken, makeToken } from "../src/auth/tokens.ts";
import { type Random, seededRandom } from "../src/domain/random.ts";
import type { Bpm, EpochMs, ProfileId, Reading } from "../src/domain/reading.ts";
import { WIRE_SOURCE } from "../src/domain/reading.ts";
import { MANUAL_CLIENT_ID } from "../src/storage/directory.ts";
import { SqliteDirectory } from "../src/storage/sqlite/sqliteDirectory.ts";
import { preparedFolder, storageFingerprint } from "./prepared.ts";

/** Everybody who sends in a benchmark; user n is line n of the token file and profile n + 1. */
export const USERS = 5_000;

/** What the stores hold before the load begins. */
export const HISTORIC_READINGS = 2_000_000;

/** How long before the preparation the history begins. It lasts under seven minutes. */
const HISTORY_BEGINS_BEFORE_MS = 3_600_000;

/** The order of the users and their rates are the same every time. */
const SEED = 1;

/** Changes when the readings below would be others. */
export function populationFingerprint(): string {
  return `${USERS} users, ${HISTORIC_READINGS} readings, seed ${SEED}`;
}

/** The folder with `control.db` and `tokens.txt`, made on first use. */
export function populationFolder(): Promise<string> {
  return preparedFolder("users", `${populationFingerprint()} ${storageFingerprint()}`, createUsers);
}

export const TOKEN_FILE = "tokens.txt";

export function readTokens(tokenFile: string): readonly string[] {
  return readFileSync(tokenFile, "latin1").trim().split("\n");
}

async function createUsers(folder: string): Promise<void> {
  const directory = await SqliteDirectory.open(join(folder, "control.db"));
  const createdAt = Date.now() as EpochMs;
  const tokens: string[] = [];
  for (let user = 0; user < USERS; user++) {
    const profile = await directory.createProfile(`runner ${user}`, createdAt);
    const token = makeToken();
    await directory.createToken({
      hash: hashToken(token),
      profile: profile.id,
      clientId: MANUAL_CLIENT_ID,
      scopes: ["data:heart_rate:write", "data:heart_rate:read"],
      createdAt,
    });
    tokens.push(token);
  }
  await directory.close();
  await Bun.write(join(folder, TOKEN_FILE), `${tokens.join("\n")}\n`);
}

/**
 * Readings as a busy server would have received them: every user once a second, each second in another order, a
 * little late.
 *
 * @param total how many, in all batches together
 * @param from claimed time of the first ones
 */
export function* historicReadings(
  total = HISTORIC_READINGS,
  from = Date.now() - HISTORY_BEGINS_BEFORE_MS,
): Generator<readonly Reading[]> {
  const random = seededRandom(SEED);
  const users = Array.from({ length: USERS }, (_, user) => user);
  const lastTimes = new Float64Array(USERS);
  for (let sent = 0, secondMs = from; sent < total; sent += users.length, secondMs += 1000) {
    shuffle(users, random);
    yield users.slice(0, Math.min(users.length, total - sent)).map((user, place) => {
      const arrivedAt = Math.floor(secondMs + (place * 1000) / users.length);
      const measuredAt = Math.max(arrivedAt - 20 - Math.floor(180 * random()), lastTimes[user]! + 1);
      lastTimes[user] = measuredAt;
      return {
        profile: (user + 1) as ProfileId,
        source: WIRE_SOURCE,
        measuredAt: measuredAt as EpochMs,
        arrivedAt: arrivedAt as EpochMs,
        bpm: (60 + Math.floor(40 * random())) as Bpm,
      };
    });
  }
}

/** Fisher and Yates's shuffle, in place. */
export function shuffle<Item>(items: Item[], random: Random): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [items[last], items[other]] = [items[other]!, items[last]!];
  }
}
