import { HOUR_MS } from "../../domain/hour.ts";
import type { EpochMs, ProfileId } from "../../domain/reading.ts";
import type { Directory } from "../../storage/directory.ts";
import type { ReadingStore, StoredReading } from "../../storage/readingStore.ts";

/** Names what is in the file, and in which form. */
export const EXPORT_FORM = "heartwire-account-1";

/** Readings and entries that are in memory at the same time. */
const READINGS_A_PAGE = 5_000;
const ENTRIES_A_PAGE = 500;

const LAST_TIME = Number.MAX_SAFE_INTEGER as EpochMs;

export interface ExportSources {
  readonly directory: Pick<Directory, "personalData" | "trail">;
  readonly store: Pick<ReadingStore, "read">;
}

/**
 * Everything that is stored on a profile and its person, as one JSON object in pieces, a record a line. However much there is,
 * one page of it is in memory. Readings that come in meanwhile may be in it or not.
 */
export async function* exportText(
  { directory, store }: ExportSources,
  profile: ProfileId,
  now: EpochMs,
): AsyncGenerator<string, void> {
  yield `{\n"form": ${JSON.stringify(EXPORT_FORM)},\n"exported_at": ${now}`;
  for (const [section, records] of Object.entries(await directory.personalData.collect(profile))) {
    yield* list(section, [records]);
  }
  yield* list("activity", activity(directory, profile));
  yield* list("readings", readings(store, profile));
  yield "\n}\n";
}

/** One member of the object: a list, a line a record. */
async function* list(
  section: string,
  pages: AsyncIterable<readonly object[]> | Iterable<readonly object[]>,
): AsyncGenerator<string, void> {
  yield `,\n${JSON.stringify(section)}: [`;
  let isFirst = true;
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield `${isFirst ? "\n" : ",\n"}${page.map((record) => JSON.stringify(record)).join(",\n")}`;
    isFirst = false;
  }
  yield "]";
}

/** Newest first, as it is read. */
async function* activity(
  { trail }: ExportSources["directory"],
  profile: ProfileId,
): AsyncGenerator<readonly object[], void> {
  for (let before: number | undefined; ; ) {
    const page = await trail.read(profile, ENTRIES_A_PAGE, before);
    yield page;
    before = page.at(-1)?.id;
    if (page.length < ENTRIES_A_PAGE || before === undefined) return;
  }
}

/**
 * Oldest first. It is asked hour by hour, because a question about a long time costs as much as there are hours in it; where an
 * hour is empty, one question finds the next that is not.
 */
async function* readings(
  store: ExportSources["store"],
  profile: ProfileId,
): AsyncGenerator<readonly object[], void> {
  let from = 0 as EpochMs;
  let isSought = true;
  while (from <= LAST_TIME) {
    if (isSought) {
      const [next] = await store.read(profile, { from, to: LAST_TIME }, 1);
      if (next === undefined) return;
      from = next.measuredAt;
    }
    const to = Math.min(LAST_TIME, (Math.floor(from / HOUR_MS) + 1) * HOUR_MS - 1) as EpochMs;
    const page = await store.read(profile, { from, to }, READINGS_A_PAGE);
    yield page.map(toRecord);
    isSought = page.length === 0;
    const last = page.at(-1);
    from = (last !== undefined && page.length >= READINGS_A_PAGE ? last.measuredAt + 1 : to + 1) as EpochMs;
  }
}

function toRecord({ measuredAt, arrivedAt, bpm, source, rrIntervalsMs }: StoredReading): object {
  return {
    measured_at: measuredAt,
    received_at: arrivedAt,
    bpm,
    source,
    ...(rrIntervalsMs === undefined ? {} : { rr_intervals_ms: rrIntervalsMs }),
  };
}
