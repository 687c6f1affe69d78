import { Database } from "bun:sqlite";
import { join } from "node:path";
import type { EpochMs } from "../../../src/domain/reading.ts";
import { DEFAULT_LIMITS } from "../../../src/settings/limits.ts";
import type { StoredReading } from "../../../src/storage/readingStore.ts";
import { FILES } from "../../../src/storage/sqlite/files.ts";
import { openFolder, openFolderDirectory } from "../../../src/storage/sqlite/folder.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import { makeTestToken, READ_AND_WRITE } from "../server.ts";
import type { Ledger } from "./ledger.ts";

const PAGE_READINGS = 5_000;

/** Makes a data folder with users. @returns the token of each */
export async function makeUsers(folder: string, users: readonly string[]): Promise<Map<string, string>> {
  const directory = await openFolderDirectory(folder, { create: true });
  try {
    const tokens = new Map<string, string>();
    for (const user of users) tokens.set(user, await makeTestToken(directory, READ_AND_WRITE, user));
    return tokens;
  } finally {
    await directory.close();
  }
}

export interface FolderCheck {
  /** What is wrong, in words. */
  readonly wrong: readonly string[];
  readonly stored: number;
  /** In parts and sealed. */
  readonly packed: number;
  readonly sealed: number;
}

/** Opens a folder that no server holds, as a server does, and compares everything in it with the ledger. */
export async function checkFolder(folder: string, ledger: Ledger): Promise<FolderCheck> {
  const storage = await openFolder(folder, { durability: "commit", limits: DEFAULT_LIMITS });
  try {
    const wrong: string[] = [];
    let stored = 0;
    for (const user of ledger.users) {
      const { latest, readings } = await readUser(storage, user);
      stored += readings.length;
      wrong.push(...ledger.check(user, readings));
      // Every claimed time of the ledger is in the past, and so its own effective time.
      const newest = readings.at(-1);
      if (latest?.measuredAt !== newest?.measuredAt || latest?.bpm !== newest?.bpm) {
        wrong.push(`${user}: latest is ${latest?.measuredAt}, the newest is ${newest?.measuredAt}`);
      }
    }
    const { freshReadings, packedReadings, sealedReadings } = await storage.readings.measure();
    if (freshReadings + packedReadings + sealedReadings !== stored) {
      wrong.push(
        `counted ${freshReadings} fresh, ${packedReadings} packed and ${sealedReadings} sealed readings, found ${stored}`,
      );
    }
    wrong.push(...damages(join(folder, FILES.readings)), ...damages(join(folder, FILES.control)));
    return { wrong, stored, packed: packedReadings + sealedReadings, sealed: sealedReadings };
  } finally {
    await storage.close();
  }
}

async function readUser(
  { directory, readings: store }: Storage,
  user: string,
): Promise<{ latest: StoredReading | undefined; readings: StoredReading[] }> {
  const profile = await directory.findProfile(user);
  if (profile === undefined) return { latest: undefined, readings: [] };
  const readings: StoredReading[] = [];
  for (let from = 0; ; ) {
    const range = { from: from as EpochMs, to: Number.MAX_SAFE_INTEGER as EpochMs };
    const page = await store.read(profile.id, range, PAGE_READINGS);
    readings.push(...page);
    if (page.length < PAGE_READINGS) break;
    from = (page.at(-1) as StoredReading).measuredAt + 1;
  }
  return { latest: await store.latest(profile.id), readings };
}

/** What SQLite itself finds wrong with a file. */
function damages(file: string): string[] {
  const database = new Database(file, { readonly: true });
  try {
    const found = database.query("PRAGMA integrity_check").values().flat().map(String);
    return found.filter((finding) => finding !== "ok").map((finding) => `${file}: ${finding}`);
  } finally {
    database.close();
  }
}
