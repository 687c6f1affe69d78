import { describe, expect, test } from "bun:test";
import {
  type Bpm,
  type EpochMs,
  effectiveTime,
  type ProfileId,
  type Reading,
  type SourceId,
} from "../../src/domain/reading.ts";
import type { ReadingStore } from "../../src/storage/readingStore.ts";

/** An engine under test: how to open a store of its own, and how to open the same one again. */
export interface StoreUnderTest {
  readonly store: ReadingStore;
  /** Closes the store and opens it again, as a restart does. */
  reopen(): Promise<ReadingStore>;
  dispose(): Promise<void>;
}

const NOON = Date.UTC(2024, 2, 1, 12) as EpochMs;
const EVERYTHING = { from: 0 as EpochMs, to: Number.MAX_SAFE_INTEGER as EpochMs };

export function reading(
  profile: number,
  measuredAt: number,
  bpm: number,
  more: Partial<Reading> = {},
): Reading {
  return {
    profile: profile as ProfileId,
    source: 0 as SourceId,
    measuredAt: measuredAt as EpochMs,
    arrivedAt: (measuredAt + 120) as EpochMs,
    bpm: bpm as Bpm,
    ...more,
  };
}

/**
 * What every engine behind {@link ReadingStore} promises.
 *
 * @param packsAtAnyTime a reading may be packed a moment after it came, and packed readings keep no sequence number
 */
export function readingStoreContract(
  engine: string,
  open: () => Promise<StoreUnderTest>,
  { packsAtAnyTime = false } = {},
): void {
  const withStore = (work: (opened: StoreUnderTest) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await work(opened);
    } finally {
      await opened.dispose();
    }
  };
  const me = 1 as ProfileId;

  describe(`readings on ${engine}`, () => {
    test(
      "a stored reading is read back as it was sent",
      withStore(async ({ store }) => {
        const sent = reading(1, NOON, 72, { rrIntervalsMs: [812, 830.078125], source: 3 as SourceId });
        const [appended] = await store.append([sent]);
        expect(appended).toMatchObject({ isNew: true });
        const stored = await store.read(me, EVERYTHING, 10);
        const isPacked = packsAtAnyTime && stored[0]?.sequence === undefined;
        expect(stored).toEqual([isPacked ? sent : { ...sent, sequence: appended?.sequence ?? 0 }]);
      }),
    );

    test(
      "the same profile, source and claimed time is one reading: the first stays",
      withStore(async ({ store }) => {
        await store.append([reading(1, NOON, 72)]);
        expect(await store.append([reading(1, NOON, 99)])).toEqual([{ isNew: false, sequence: 0 }]);
        expect((await store.read(me, EVERYTHING, 10)).map(({ bpm }) => Number(bpm))).toEqual([72]);
      }),
    );

    test(
      "a reading that is twice in one batch is stored once",
      withStore(async ({ store }) => {
        const answers = await store.append([
          reading(1, NOON, 72),
          reading(1, NOON, 73),
          reading(1, NOON + 1, 74),
        ]);
        expect(answers.map(({ isNew }) => isNew)).toEqual([true, false, true]);
        expect(await store.read(me, EVERYTHING, 10)).toHaveLength(2);
      }),
    );

    test(
      "another source, profile or time is another reading",
      withStore(async ({ store }) => {
        const answers = await store.append([
          reading(1, NOON, 72),
          reading(1, NOON, 72, { source: 1 as SourceId }),
          reading(2, NOON, 72),
          reading(1, NOON + 1, 72),
        ]);
        expect(answers.every(({ isNew }) => isNew)).toBe(true);
      }),
    );

    test(
      "sequence numbers rise within a profile in commit order, also after a restart",
      withStore(async (opened) => {
        const numbers: number[] = [];
        for (let time = 0; time < 20; time++) {
          const [appended] = await opened.store.append([reading(1, NOON - time, 72)]);
          numbers.push(appended?.sequence ?? 0);
        }
        const store = await opened.reopen();
        const [after] = await store.append([reading(1, NOON + 1, 72)]);
        numbers.push(after?.sequence ?? 0);
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        expect(new Set(numbers).size).toBe(21);
      }),
    );

    test(
      "the latest reading is the one with the newest effective time",
      withStore(async ({ store }) => {
        expect(await store.latest(me)).toBeUndefined();
        await store.append([reading(1, NOON, 72)]);
        await store.append([reading(1, NOON - 60_000, 50)]);
        expect(Number((await store.latest(me))?.bpm)).toBe(72);
        await store.append([reading(1, NOON + 1_000, 73)]);
        expect(Number((await store.latest(me))?.bpm)).toBe(73);
      }),
    );

    test(
      "a reading whose clock is ahead counts from its arrival and does not stay the latest",
      withStore(async ({ store }) => {
        const ahead = reading(1, NOON + 86_400_000, 99, { arrivedAt: NOON });
        await store.append([ahead]);
        await store.append([reading(1, NOON + 1_000, 72)]);
        const latest = await store.latest(me);
        expect(Number(latest?.bpm)).toBe(72);
        expect(Number(effectiveTime(ahead))).toBe(NOON);
      }),
    );

    test(
      "everything is there after a restart",
      withStore(async (opened) => {
        const sent = Array.from({ length: 500 }, (_, index) =>
          reading(1 + (index % 3), NOON + index * 997, 60 + (index % 90)),
        );
        await opened.store.append(sent);
        const store = await opened.reopen();
        const found = await Promise.all(
          [1, 2, 3].map((id) => store.read(id as ProfileId, EVERYTHING, 1_000)),
        );
        expect(found.flat()).toHaveLength(500);
        expect(await store.append(sent.slice(0, 5))).toEqual(Array(5).fill({ isNew: false, sequence: 0 }));
        expect(Number((await store.latest(me))?.measuredAt)).toBe(NOON + 498 * 997);
      }),
    );

    test(
      "reading in pages gives everything once, in order of time",
      withStore(async ({ store }) => {
        const sent = Array.from({ length: 100 }, (_, index) =>
          reading(1, NOON + ((index * 37) % 100), 70, {
            source: (index % 2) as SourceId,
          }),
        );
        await store.append(sent);
        const times: number[] = [];
        for (let from = 0 as EpochMs; ; ) {
          const page = await store.read(me, { from, to: EVERYTHING.to }, 7);
          const last = page.at(-1);
          if (last === undefined) break;
          times.push(...page.map(({ measuredAt }) => Number(measuredAt)));
          from = (last.measuredAt + 1) as EpochMs;
        }
        expect(times).toEqual(sent.map(({ measuredAt }) => Number(measuredAt)).sort((a, b) => a - b));
      }),
    );

    test(
      "sums of hours are those of the readings in the span, whose ends are in it",
      withStore(async ({ store }) => {
        const hour = 3_600_000;
        await store.append([
          reading(1, NOON, 60),
          reading(1, NOON + 10_000, 70),
          reading(1, NOON + 90_000, 80),
        ]);
        await store.append([reading(1, NOON + hour, 90), reading(2, NOON, 200)]);
        const first = { hour: NOON / hour, readings: 3, bpmSum: 210, lowest: 60, highest: 80 };
        const second = { hour: NOON / hour + 1, readings: 1, bpmSum: 90, coveredMs: 0 };
        const sums = await store.aggregate(me, EVERYTHING);
        expect(sums).toMatchObject([{ ...first, coveredMs: 10_000, bpmMs: 600_000 }, second]);
        const span = { from: (NOON + 10_000) as EpochMs, to: (NOON + hour - 1) as EpochMs };
        expect(await store.aggregate(me, span)).toMatchObject([{ readings: 2, bpmSum: 150, coveredMs: 0 }]);
        const none = { from: (NOON + 90_001) as EpochMs, to: (NOON + hour - 1) as EpochMs };
        expect(await store.aggregate(me, none)).toEqual([]);
      }),
    );

    test(
      "what is removed is gone at once and for good, and new when it is sent again",
      withStore(async (opened) => {
        const sent = Array.from({ length: 60 }, (_, index) => reading(1, NOON + index * 60_000, 70 + index));
        for (const one of sent) await opened.store.append([one]);
        await opened.store.append([reading(2, NOON, 99)]);
        const span = { from: (NOON + 30 * 60_000) as EpochMs, to: EVERYTHING.to };
        expect(await opened.store.remove(me, span)).toBe(30);
        expect(await opened.store.remove(me, span)).toBe(0);
        for (const open of [async () => opened.store, opened.reopen]) {
          const store = await open();
          expect(await store.read(me, EVERYTHING, 100)).toHaveLength(30);
          expect(Number((await store.latest(me))?.measuredAt)).toBe(NOON + 29 * 60_000);
          expect(await store.read(2 as ProfileId, EVERYTHING, 100)).toHaveLength(1);
        }
        const [again] = await opened.store.append([reading(1, NOON + 31 * 60_000, 150)]);
        expect(again?.isNew).toBe(true);
        expect(Number((await opened.store.latest(me))?.bpm)).toBe(150);
      }),
    );

    test(
      "one source can be removed, and when nothing is left there is no latest",
      withStore(async (opened) => {
        const imported = 1 as SourceId;
        await opened.store.append([reading(1, NOON, 70), reading(1, NOON, 71, { source: imported })]);
        expect(await opened.store.remove(me, EVERYTHING, imported)).toBe(1);
        expect(Number((await opened.store.latest(me))?.bpm)).toBe(70);
        expect(await opened.store.remove(me, EVERYTHING)).toBe(1);
        for (const open of [async () => opened.store, opened.reopen]) {
          const store = await open();
          expect(await store.latest(me)).toBeUndefined();
          expect(await store.read(me, EVERYTHING, 10)).toEqual([]);
          expect(await store.aggregate(me, EVERYTHING)).toEqual([]);
        }
      }),
    );

    test(
      "a correction gives a stored reading another heart rate, and nothing else",
      withStore(async (opened) => {
        await opened.store.append([reading(1, NOON, 70), reading(1, NOON + 1_000, 71)]);
        const correction = { source: 0 as SourceId, measuredAt: NOON as EpochMs, bpm: 99 as Bpm };
        const unknown = { ...correction, measuredAt: (NOON + 1) as EpochMs };
        expect(await opened.store.correct(me, [correction, unknown])).toBe(1);
        expect(await opened.store.correct(me, [])).toBe(0);
        for (const open of [async () => opened.store, opened.reopen]) {
          const store = await open();
          const found = await store.read(me, EVERYTHING, 10);
          expect(found.map(({ bpm }) => Number(bpm))).toEqual([99, 71]);
          expect(Number((await store.aggregate(me, EVERYTHING))[0]?.highest)).toBe(99);
        }
        const [again] = await opened.store.append([reading(1, NOON, 70)]);
        expect(again?.isNew).toBe(false);
      }),
    );

    test(
      "many appends at once are all answered, each for its own readings",
      withStore(async ({ store }) => {
        const appends = Array.from({ length: 300 }, (_, index) =>
          store.append([reading(1, NOON + index, 70)]),
        );
        const sequences = (await Promise.all(appends)).map(([appended]) => appended?.sequence ?? 0);
        expect(new Set(sequences).size).toBe(300);
        expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
        expect((await store.measure()).freshReadings).toBeLessThanOrEqual(300);
      }),
    );

    test(
      "closing stores what was accepted, and refuses what comes after",
      withStore(async (opened) => {
        const accepted = Array.from({ length: 50 }, (_, index) =>
          opened.store.append([reading(1, NOON + index, 70)]),
        );
        await opened.store.close();
        expect((await Promise.all(accepted)).every(([appended]) => appended?.isNew)).toBe(true);
        expect(opened.store.append([reading(1, NOON, 70)])).rejects.toThrow("closed");
        const store = await opened.reopen();
        expect(await store.read(me, EVERYTHING, 100)).toHaveLength(50);
      }),
    );

    test(
      "an empty append is answered with nothing",
      withStore(async ({ store }) => {
        expect(await store.append([])).toEqual([]);
      }),
    );

    test(
      "the store's epoch stays the same over a restart",
      withStore(async (opened) => {
        const { epoch } = await opened.store.measure();
        expect((await (await opened.reopen()).measure()).epoch).toBe(epoch);
        expect(epoch).not.toBe("");
      }),
    );
  });
}
