import { join } from "node:path";
import { Command } from "commander";
import { CommandFailure } from "../src/cli/failure.ts";
import { positiveInteger } from "./options.ts";
import { populationFolder, TOKEN_FILE } from "./population.ts";
import { type MemoryUse, memoryUse, peakResidentBytes } from "./processUse.ts";
import { publish } from "./results.ts";
import { ours } from "./servers/ours.ts";
import { median } from "./statistics.ts";
import { markdownTable, whole } from "./table.ts";
import { progress } from "./workspace.ts";
import { copyOfPrepared } from "./writes/visit.ts";

const RESIDENT_MB_MAX = 200;

/** Memory is flat when the median of the last third of the samples is above that of the second by less than this. */
const GROWTH_MAX = 0.1;

/** The load pauses this often for a sample. */
const SLICE_SECONDS = 1;

interface Sample extends MemoryUse {
  readonly written: number;
}

interface MemoryOptions {
  readonly readings: number;
  readonly connections: number;
  readonly save: boolean;
}

export function memoryCommand(): Command {
  return new Command("memory")
    .description("Watch the server's memory while readings are written")
    .option("--readings <number>", "readings to write", positiveInteger, 3_000_000)
    .option("--connections <number>", "connections that write", positiveInteger, 256)
    .option("--no-save", "print the table and leave bench/RESULTS.md as it is")
    .addHelpText("after", "\nExample:\n  $ npm run bench -- memory --readings 1000000")
    .action(watchMemory);
}

async function watchMemory({ readings, connections, save }: MemoryOptions): Promise<void> {
  const tokenFile = join(await populationFolder(), TOKEN_FILE);
  const server = await ours.start(await copyOfPrepared(ours), tokenFile);
  const { pid } = server.process;
  const samples: Sample[] = [{ written: 0, ...memoryUse(pid) }];
  for (let written = 0, seed = 1; written < readings; seed++) {
    const load = await server.load({ connections, seconds: SLICE_SECONDS, seed });
    if (load.refused > 0) throw new CommandFailure(`${load.refused} writes were refused.`);
    written += load.answered;
    samples.push({ written, ...memoryUse(pid) });
    progress(`${whole(written)} written, ${whole(samples.at(-1)!.residentBytes / 1e6)} MB resident`);
  }
  const peakBytes = peakResidentBytes(pid);
  await server.process.stop();
  const intro = `${connections} connections write as fast as they can into a store that holds two million readings.`;
  publish({ title: "Memory", body: `${intro}\n\n${memoryReport(samples, peakBytes)}` }, { save });
}

/** One row for every tenth of the readings, and what the samples say together. */
function memoryReport(samples: readonly Sample[], peakBytes: number): string {
  const total = samples.at(-1)!.written;
  const rows: string[][] = [];
  for (const sample of samples) {
    if (sample.written < (rows.length * total) / 10) continue;
    rows.push([whole(sample.written), whole(sample.residentBytes / 1e6), whole(sample.anonymousBytes / 1e6)]);
  }
  const columns = ["written", "resident MB", "anonymous MB"].map((heading) => ({ heading, numeric: true }));
  const third = Math.ceil(samples.length / 3);
  const residentMb = (part: readonly Sample[]): number => median(part.map((one) => one.residentBytes / 1e6));
  const [second, last] = [residentMb(samples.slice(third, 2 * third)), residentMb(samples.slice(2 * third))];
  const isFlat = last < second * (1 + GROWTH_MAX);
  const isSmall = peakBytes < RESIDENT_MB_MAX * 1e6;
  return [
    markdownTable(columns, rows),
    `Wanted: under ${RESIDENT_MB_MAX} MB and flat. Measured: ${whole(peakBytes / 1e6)} MB at the highest${isSmall ? "" : ", which is too much"};
median of the second third ${whole(second)} MB, of the last ${whole(last)} MB: ${isFlat ? "flat" : "growing"}.`,
  ].join("\n\n");
}
