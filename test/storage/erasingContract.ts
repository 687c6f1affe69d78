import { describe, expect, test } from "bun:test";
import type { EpochMs, ProfileId, Reading } from "../../src/domain/reading.ts";
import type { ReadingStore, StoredReading } from "../../src/storage/readingStore.ts";
import { reading, type StoreUnderTest } from "./readingStoreContract.ts";

const NOON = Date.UTC(2024, 2, 1, 12);
const EVERYTHING = { from: 0 as EpochMs, to: Number.MAX_SAFE_INTEGER as EpochMs };
const [ADA, BEN] = [1 as ProfileId, 2 as ProfileId];

/** Readings of two people in turns, over several hours, some with RR intervals and one of a clock that is far ahead. */
export function mixedReadings(count: number): readonly Reading[] {
  return Array.from({ length: count }, (_, step) => {
    const at = NOON + step * 97_000;
    const intervals = step % 3 === 0 ? { rrIntervalsMs: [800 + step, 812.5] } : {};
    const ahead = step === 7 ? { arrivedAt: (at - 10_800_000) as EpochMs } : {};
    return reading(step % 2 === 0 ? ADA : BEN, at, 60 + (step % 50), { ...intervals, ...ahead });
  });
}

/** Stores readings in commits of a few, so that each holds both people's. */
export async function appendMixed(store: ReadingStore, readings: readonly Reading[]): Promise<void> {
  for (let from = 0; from < readings.length; from += 8) await store.append(readings.slice(from, from + 8));
}

/** Without sequence numbers, which readings lose when they are packed. */
function plain(readings: readonly StoredReading[]): readonly Reading[] {
  return readings.map(({ sequence: _, ...kept }) => kept);
}

/** What every engine behind {@link ReadingStore.erase} promises. */
export function erasingContract(engine: string, open: () => Promise<StoreUnderTest>): void {
  const withStore = (work: (opened: StoreUnderTest) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await work(opened);
    } finally {
      await opened.dispose();
    }
  };

  describe(`erasing on ${engine}`, () => {
    test(
      "nothing of the profile is found, now or after a restart, and all of the others' is",
      withStore(async (opened) => {
        const sent = mixedReadings(200);
        await appendMixed(opened.store, sent);
        const ofBen = sent.filter(({ profile }) => profile === BEN);
        await opened.store.erase(ADA);
        for (const reopens of [false, true]) {
          const store = reopens ? await opened.reopen() : opened.store;
          expect(await store.read(ADA, EVERYTHING, 1_000)).toEqual([]);
          expect(await store.latest(ADA)).toBeUndefined();
          expect(await store.aggregate(ADA, EVERYTHING)).toEqual([]);
          expect(plain(await store.read(BEN, EVERYTHING, 1_000))).toEqual(ofBen);
          const { freshReadings, packedReadings, sealedReadings } = await store.measure();
          expect(freshReadings + packedReadings + sealedReadings).toBe(ofBen.length);
        }
      }),
    );

    test(
      "a repetition of somebody else's reading is still one, and no sequence number comes twice",
      withStore(async (opened) => {
        const sent = mixedReadings(24);
        await appendMixed(opened.store, sent.slice(0, 16));
        const last = await opened.store.append(sent.slice(16).filter(({ profile }) => profile === ADA));
        await opened.store.erase(ADA);
        const store = await opened.reopen();
        const ofBen = sent.slice(0, 16).filter(({ profile }) => profile === BEN);
        expect((await store.append(ofBen)).map(({ isNew }) => isNew)).toEqual(ofBen.map(() => false));
        const [next] = await store.append([reading(BEN, NOON - 1, 70)]);
        expect(next?.sequence).toBeGreaterThan(Math.max(...last.map(({ sequence }) => sequence)));
      }),
    );

    test(
      "readings that are sent just before go too, and others' that are sent meanwhile stay",
      withStore(async ({ store }) => {
        await appendMixed(store, mixedReadings(40));
        const before = store.append([reading(ADA, NOON - 5, 99)]);
        const erased = store.erase(ADA);
        const meanwhile = store.append([reading(BEN, NOON - 5, 88)]);
        await Promise.all([before, erased, meanwhile]);
        expect(await store.read(ADA, EVERYTHING, 1_000)).toEqual([]);
        const [first] = await store.read(BEN, EVERYTHING, 1);
        expect(first?.bpm).toBe(88 as never);
      }),
    );

    test(
      "who is erased twice, or never wrote, is erased",
      withStore(async ({ store }) => {
        await appendMixed(store, mixedReadings(16));
        await store.erase(ADA);
        await store.erase(ADA);
        await store.erase(9 as ProfileId);
        expect(await store.read(BEN, EVERYTHING, 100)).toHaveLength(8);
      }),
    );
  });
}
