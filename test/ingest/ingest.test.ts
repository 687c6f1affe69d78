import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import {
  type Bpm,
  type EpochMs,
  type ProfileId,
  type Reading,
  WIRE_SOURCE,
} from "../../src/domain/reading.ts";
import { Ingest } from "../../src/ingest/ingest.ts";
import type { LiveReading } from "../../src/live/bus.ts";
import { MemoryBus } from "../../src/live/memoryBus.ts";
import { DEFAULT_LIMITS } from "../../src/settings/limits.ts";
import { StoreUnavailable } from "../../src/storage/readingStore.ts";
import { openFolder } from "../../src/storage/sqlite/folder.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { MOMENT } from "../support/requests.ts";
import { throwAwayFolder } from "../support/server.ts";

const [ANNA, BEN] = [1, 2] as ProfileId[] as [ProfileId, ProfileId];

const readingOf = (profile: ProfileId, offsetMs: number, bpm = 75): Reading => ({
  profile,
  source: WIRE_SOURCE,
  measuredAt: (MOMENT + offsetMs) as EpochMs,
  arrivedAt: (MOMENT + 1_000_000) as EpochMs,
  bpm: bpm as Bpm,
});

let folder: string;
let storage: Storage;
let bus: MemoryBus;
let ingest: Ingest;

beforeEach(async () => {
  folder = throwAwayFolder();
  storage = await openFolder(folder, { durability: "commit", limits: DEFAULT_LIMITS });
  bus = new MemoryBus();
  ingest = new Ingest(storage.readings, bus);
});
afterEach(async () => {
  await storage.close();
  rmSync(folder, { recursive: true });
});

function listenTo(profile: ProfileId): LiveReading[] {
  const heard: LiveReading[] = [];
  bus.subscribe(profile, (reading) => heard.push(reading));
  return heard;
}

const isRising = (numbers: readonly number[]) =>
  numbers.every((number, place) => place === 0 || number > (numbers[place - 1] as number));

describe("readings are heard in the order in which they were committed", () => {
  test("when hundreds of writes of one profile wait at once", async () => {
    const heard = listenTo(ANNA);
    const writes = Array.from({ length: 500 }, (_, index) =>
      ingest.submit([readingOf(ANNA, (index * 7_919) % 500)]),
    );
    const answers = (await Promise.all(writes)).flat();
    expect(heard.map(({ sequence }) => sequence)).toEqual(
      answers.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
    );
    expect(isRising(heard.map(({ sequence }) => sequence))).toBe(true);
    expect(heard).toHaveLength(500);
  });

  test("when they come in waves that overlap the commits, from two profiles, in batches of all sizes", async () => {
    const heard = { anna: listenTo(ANNA), ben: listenTo(BEN) };
    const writes: Promise<unknown>[] = [];
    let offset = 0;
    for (let wave = 0; wave < 30; wave++) {
      for (let size = 1; size <= 5; size++) {
        const profile = (wave + size) % 2 === 0 ? ANNA : BEN;
        writes.push(ingest.submit(Array.from({ length: size }, () => readingOf(profile, offset++))));
      }
      await Bun.sleep(wave % 3 === 0 ? 1 : 0);
    }
    await Promise.all(writes);
    for (const readings of Object.values(heard)) {
      expect(isRising(readings.map(({ sequence }) => sequence))).toBe(true);
    }
    expect(heard.anna.length + heard.ben.length).toBe(offset);
  });

  test("each is heard before its sender has the answer, and after it is stored", async () => {
    const storedWhenHeard: Promise<number>[] = [];
    bus.subscribe(ANNA, () => {
      storedWhenHeard.push(storage.readings.measure().then(({ freshReadings }) => freshReadings));
    });
    for (let count = 1; count <= 10; count++) {
      await ingest.submit([readingOf(ANNA, count)]);
      expect(storedWhenHeard).toHaveLength(count);
    }
    expect(await Promise.all(storedWhenHeard)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe("what is heard", () => {
  test("the effective time: a clock ahead is shown as the arrival", async () => {
    const heard = listenTo(ANNA);
    await ingest.submit([readingOf(ANNA, 5_000_000), readingOf(ANNA, 1)]);
    expect(heard.map(({ effectiveAt }) => effectiveAt - MOMENT)).toEqual([1_000_000, 1]);
  });

  test("new readings only: a repeated one is not, with another heart rate neither", async () => {
    const heard = listenTo(ANNA);
    await ingest.submit([readingOf(ANNA, 1, 75), readingOf(ANNA, 1, 80)]);
    await ingest.submit([readingOf(ANNA, 1, 85), readingOf(ANNA, 2, 90)]);
    expect(heard.map(({ bpm }) => Number(bpm))).toEqual([75, 90]);
    expect(ingest.counts).toEqual({ stored: 2, repeated: 2, refused: 0 });
  });

  test("nothing that could not be stored; the sender learns of it", async () => {
    const heard = listenTo(ANNA);
    await storage.readings.close();
    const submitted = ingest.submit([readingOf(ANNA, 1), readingOf(ANNA, 2)]);
    await expect(submitted).rejects.toBeInstanceOf(StoreUnavailable);
    expect(heard).toEqual([]);
    expect(ingest.counts).toEqual({ stored: 0, repeated: 0, refused: 2 });
  });

  test("nothing for no readings", async () => {
    expect(await ingest.submit([])).toEqual([]);
    expect(ingest.counts).toEqual({ stored: 0, repeated: 0, refused: 0 });
  });
});
