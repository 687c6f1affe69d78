import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { machineLines } from "../machine.ts";
import { positiveInteger } from "../options.ts";
import { HISTORIC_READINGS, USERS } from "../population.ts";
import { median, range } from "../statistics.ts";
import { decimal, markdownTable, whole } from "../table.ts";
import { progress, throwAwayFolder } from "../workspace.ts";
import { arrivalRows, indexedArrivalRows } from "./arrivalRows.ts";
import { keyedRows } from "./keyedRows.ts";
import type { Layout } from "./layout.ts";
import { BATCH_READINGS, LayoutFile, type LayoutRound } from "./layoutFile.ts";
import { packedBatches } from "./packedBatches.ts";

const LAYOUTS: readonly Layout[] = [arrivalRows, keyedRows, indexedArrivalRows, packedBatches];

interface LayoutsOptions {
  readonly rounds: number;
  readonly readings: number;
  readonly save: boolean;
}

export function layoutsCommand(): Command {
  return new Command("layouts")
    .description("Compare ways to lay readings on disk (some minutes)")
    .option("--rounds <number>", "interleaved rounds; the table shows medians", positiveInteger, 5)
    .option("--readings <number>", "readings written a round", positiveInteger, 128_000)
    .option("--no-save", "print the table and leave bench/LAYOUTS.md as it is")
    .addHelpText("after", "\nExample:\n  $ npm run bench -- layouts")
    .action(compareLayouts);
}

function compareLayouts({ rounds, readings, save }: LayoutsOptions): void {
  const folder = throwAwayFolder("layouts");
  const tried = LAYOUTS.map((layout, index) => {
    progress(`filling: ${layout.name}`);
    const file = new LayoutFile(join(folder, `${index}.db`), layout);
    file.fill();
    return { layout, file, found: [] as LayoutRound[] };
  });
  // The fill must not be written out while the rounds are measured.
  Bun.spawnSync(["sync"]);
  for (let round = 1; round <= rounds; round++) {
    for (const { layout, file, found } of tried) {
      found.push(file.measure(readings));
      progress(
        `round ${round} of ${rounds}: ${layout.name} ${whole(found.at(-1)!.readingsPerSecond)} readings/s`,
      );
    }
  }
  const rows = tried.map(({ layout, file, found }) => row(layout, found, file.close()));
  const text = report(rows, { rounds, readings });
  process.stdout.write(text);
  if (save) writeFileSync(join(import.meta.dir, "..", "LAYOUTS.md"), text);
}

function row(layout: Layout, found: readonly LayoutRound[], fileBytes: number): readonly string[] {
  const rates = found.map((one) => one.readingsPerSecond);
  const { low, high } = range(rates);
  return [
    layout.name,
    layout.duplicateCheck,
    whole(median(rates)),
    `${whole(low)} to ${whole(high)}`,
    decimal(fileBytes, 1),
    whole(median(found.map((one) => one.logBytesPerReading))),
    whole(median(found.map((one) => one.writtenBytesPerReading))),
  ];
}

function report(
  rows: readonly (readonly string[])[],
  { rounds, readings }: Omit<LayoutsOptions, "save">,
): string {
  const numbers = ["readings/s", "low to high", "bytes of file", "bytes of log", "bytes written"];
  const columns = [
    { heading: "layout" },
    { heading: "duplicates are seen by" },
    ...numbers.map((heading) => ({ heading, numeric: true })),
  ];
  const context = [...machineLines(), `Command: \`npm run bench -- ${process.argv.slice(2).join(" ")}\``];
  return `# Layouts of readings on disk

${context.map((line) => `- ${line}`).join("\n")}

\`bun:sqlite\` in one thread, WAL, \`synchronous=FULL\`, ${BATCH_READINGS} readings a commit from ${whole(USERS)} users in random order, into a
file that holds ${whole(HISTORIC_READINGS)} of their readings. Medians of ${rounds} interleaved rounds of ${whole(readings)} readings. Bytes are for one reading;
written is the log and what is moved from it into the file.

${markdownTable(columns, rows)}

A commit of keyed rows, or of an index by identity, touches a page for nearly every reading, because neighbours in
time belong to different users: each page goes to the log whole, and later into the file. What lies in arrival order
fills the last page, and packed into one row a commit it takes fewer pages still, and one insertion. Both leave two
things to be done elsewhere: noticing duplicates (an index in memory, rebuilt at the start) and reading one user's
history (readings are packed by user and hour in the background).
`;
}
