import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { EpochMs, ProfileId } from "../../src/domain/reading.ts";
import { statisticsOf } from "../../src/domain/statistics.ts";
import { positiveInteger } from "../options.ts";
import { openOwnStore } from "../ownStore.ts";
import { publish } from "../results.ts";
import { median, percentile } from "../statistics.ts";
import { decimal, markdownTable, whole } from "../table.ts";
import { progress, throwAwayFolder } from "../workspace.ts";
import { fillSealed } from "./fillSealed.ts";
import { DAYS, type Disturbance } from "./shiftedRecordings.ts";

const DAY_MS = 86_400_000;
const STATISTICS_MS_MAX = 10;

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
    .option("--no-save", "print the tables and leave bench/RESULTS.md as it is")
    .addHelpText("after", "\nExample:\n  $ npm run bench -- sealed")
    .action(measureSealed);
}

async function measureSealed({ readings, statisticsReadings, save }: SealedOptions): Promise<void> {
  const size = measureSizes(readings);
  const statistics = await measureStatistics(statisticsReadings);
  publish({ title: "Sealed hours", body: `${size}\n\n${statistics}` }, { save });
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
  const now = Date.now();
  const range = { from: (now - DAYS * DAY_MS) as EpochMs, to: now as EpochMs };
  const tookMs: number[] = [];
  for (let profile = 1; ; profile++) {
    const startedAt = performance.now();
    const hours = await store.aggregate(profile as ProfileId, range);
    const found = statisticsOf(hours, {});
    tookMs.push(performance.now() - startedAt);
    if (found === undefined) break;
  }
  await store.close();
  tookMs.pop();
  const [middle, p99, most] = [
    median(tookMs),
    percentile(Float64Array.from(tookMs).sort(), 0.99),
    Math.max(...tookMs),
  ];
  return `Statistics of ${DAYS} days in a store of ${whole(filled.readings)} readings, asked once for each of ${tookMs.length}
people after the store was opened: median ${decimal(middle, 2)} ms, p99 ${decimal(p99, 2)} ms, longest ${decimal(most, 2)} ms.
Wanted: under ${STATISTICS_MS_MAX} ms${p99 < STATISTICS_MS_MAX ? "" : ", which is not reached"}. It was filled in ${whole(filled.appendSeconds + filled.sealSeconds)} s, of which sealing took ${whole(filled.sealSeconds)}.`;
}
