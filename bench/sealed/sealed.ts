import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { EpochMs, ProfileId } from "../../src/domain/reading.ts";
import { statisticsOf } from "../../src/domain/statistics.ts";
import type { ReadingStore } from "../../src/storage/readingStore.ts";
import { positiveInteger } from "../options.ts";
import { openOwnStore } from "../ownStore.ts";
import { publish } from "../results.ts";
import { median, percentile } from "../statistics.ts";
import { decimal, markdownTable, whole } from "../table.ts";
import { progress, throwAwayFolder } from "../workspace.ts";
import { fillSealed } from "./fillSealed.ts";
import { DAYS, type Disturbance } from "./shiftedRecordings.ts";
import { fillSteady, STEADY_PROFILE, steadyReading } from "./steadyPerson.ts";

const DAY_MS = 86_400_000;
const STATISTICS_MS_MAX = 10;

/** How often the statistics of somebody who sends all the time are asked. */
const STEADY_QUESTIONS = 100;

/** What is measured, and how many bytes of file a reading may take. */
const DISTURBANCES: readonly (Disturbance & { readonly bytesMax?: number })[] = [
  { title: "as recorded", jitterMs: 0, delayMs: [25, 25], bytesMax: 0.6 },
  { title: "40 ms of jitter", jitterMs: 40, delayMs: [25, 25], bytesMax: 2 },
  { title: "jitter, and delays of 5 to 45 ms", jitterMs: 40, delayMs: [5, 45] },
  { title: "jitter, imported at once", jitterMs: 40, delayMs: [0, 0], atOnce: true },
];

interface SealedOptions {
  readonly readings: number;
  readonly statisticsReadings: number;
  readonly steadyHours: number;
  readonly save: boolean;
}

export function sealedCommand(): Command {
  return new Command("sealed")
    .description("Measure sealed hours: bytes of file a reading, and how long statistics take")
    .option(
      "--readings <number>",
      "readings in each store whose size is measured",
      positiveInteger,
      10_000_000,
    )
    .option(
      "--statistics-readings <number>",
      "readings in the store that is asked",
      positiveInteger,
      50_000_000,
    )
    .option(
      "--steady-hours <number>",
      "hours for which somebody sent a reading a second, who is asked too",
      positiveInteger,
      DAYS * 24,
    )
    .option("--no-save", "print the tables and leave bench/RESULTS.md as it is")
    .addHelpText("after", "\nExample:\n  $ npm run bench -- sealed")
    .action(measureSealed);
}

async function measureSealed(options: SealedOptions): Promise<void> {
  const parts = [
    measureSizes(options.readings),
    await measureStatistics(options.statisticsReadings),
    await measureSteadyStatistics(options.steadyHours),
  ];
  publish({ title: "Sealed hours", body: parts.join("\n\n") }, options);
}

function measureSizes(readings: number): string {
  const rows = DISTURBANCES.map((disturbance) => {
    progress(`filling: ${disturbance.title}`);
    const folder = throwAwayFolder("sealed");
    const filled = fillSealed(folder, readings, disturbance);
    const bytes = statSync(join(folder, "readings.db")).size / filled.readings;
    rmSync(folder, { recursive: true, force: true });
    const { bytesMax } = disturbance;
    return [
      disturbance.title,
      whole(filled.readings),
      whole(filled.sealedHours),
      decimal(bytes, 2),
      bytesMax === undefined ? "" : `under ${bytesMax}${bytes < bytesMax ? "" : ": not reached"}`,
      decimal((filled.sealSeconds * 1000) / filled.sealedHours, 2),
    ];
  });
  const columns = [
    { heading: "readings made of the recordings" },
    { heading: "readings", numeric: true },
    { heading: "hours", numeric: true },
    { heading: "bytes of file a reading", numeric: true },
    { heading: "wanted" },
    { heading: "ms to seal an hour", numeric: true },
  ];
  return `Every person has a workout a day for ${DAYS} days, moved to today. Freed pages are returned; the file is closed.

${markdownTable(columns, rows)}`;
}

/** Asks everybody's statistics of the last 30 days, each once: nothing of theirs is in memory then. */
async function measureStatistics(readings: number): Promise<string> {
  progress("filling the store for statistics");
  const folder = throwAwayFolder("statistics");
  const filled = fillSealed(folder, readings, { title: "", jitterMs: 40, delayMs: [5, 45] });
  const store = await openOwnStore(folder);
  const tookMs: number[] = [];
  for (let profile = 1; ; profile++) {
    const { ms, isFound } = await ask(store, profile);
    if (!isFound) break;
    tookMs.push(ms);
  }
  await store.close();
  const slow = percentile(Float64Array.from(tookMs).sort(), 0.99);
  return `Statistics of ${DAYS} days in a store of ${whole(filled.readings)} readings, asked once for each of ${tookMs.length}
people after the store was opened: ${times(tookMs)}.
Wanted: under ${STATISTICS_MS_MAX} ms${slow < STATISTICS_MS_MAX ? "" : ", which is not reached"}. It was filled in ${whole(filled.appendSeconds + filled.sealSeconds)} s, of which sealing took ${whole(filled.sealSeconds)}.`;
}

/** Asks somebody's who sends a reading a second all the time, and whose last hours are not sealed yet, while it goes on. */
async function measureSteadyStatistics(hours: number): Promise<string> {
  progress("filling the store of somebody who sends all the time");
  const folder = throwAwayFolder("steady");
  const readings = fillSteady(folder, hours);
  const store = await openOwnStore(folder);
  const tookMs: number[] = [];
  for (let second = 0; second < STEADY_QUESTIONS; second++) {
    await store.append([steadyReading(Date.now())]);
    tookMs.push((await ask(store, STEADY_PROFILE)).ms);
  }
  const { unsealedHours } = await store.measure();
  await store.close();
  return `Of one person with a reading a second for ${whole(hours)} hours, ${whole(readings)} readings, of which ${unsealedHours} hours are not sealed,
asked ${STEADY_QUESTIONS} times, each after one more reading: ${times(tookMs)}.`;
}

async function ask(store: ReadingStore, profile: number): Promise<{ ms: number; isFound: boolean }> {
  const now = Date.now();
  const range = { from: (now - DAYS * DAY_MS) as EpochMs, to: now as EpochMs };
  const startedAt = performance.now();
  const found = statisticsOf(await store.aggregate(profile as ProfileId, range), {});
  return { ms: performance.now() - startedAt, isFound: found !== undefined };
}

function times(tookMs: readonly number[]): string {
  const slow = percentile(Float64Array.from(tookMs).sort(), 0.99);
  return `median ${decimal(median(tookMs), 2)} ms, p99 ${decimal(slow, 2)} ms, longest ${decimal(Math.max(...tookMs), 2)} ms`;
}
