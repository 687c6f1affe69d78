import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { positiveInteger } from "./options.ts";
import { openOwnStore } from "./ownStore.ts";
import { historicReadings, USERS } from "./population.ts";
import { publish } from "./results.ts";
import { decimal, markdownTable, whole } from "./table.ts";
import { throwAwayFolder } from "./workspace.ts";

const BYTES_A_READING_MAX = 26;

/** Sizes are looked at each time this share of the readings is in. */
const LOOKS = 10;

interface Look {
  readonly when: string;
  readonly readings: number;
  readonly fileBytes: number;
  readonly logBytes: number;
  readonly freshReadings: number;
  readonly packedReadings: number;
}

export function sizeCommand(): Command {
  return new Command("size")
    .description("Measure the bytes of file that a reading takes")
    .option("--readings <number>", "readings to store", positiveInteger, 1_000_000)
    .option("--no-save", "print the table and leave bench/RESULTS.md as it is")
    .addHelpText("after", "\nExample:\n  $ npm run bench -- size")
    .action(measureSize);
}

async function measureSize({
  readings,
  save,
}: {
  readonly readings: number;
  readonly save: boolean;
}): Promise<void> {
  const folder = throwAwayFolder("size");
  const looks: Look[] = [];
  const store = await openOwnStore(folder);
  let stored = 0;
  for (const batch of historicReadings(readings)) {
    await store.append(batch);
    stored += batch.length;
    if (stored >= ((looks.length + 1) * readings) / LOOKS) {
      looks.push({
        when: "while it is written",
        readings: stored,
        ...fileSizes(folder),
        ...(await store.measure()),
      });
    }
  }
  const measures = await store.measure();
  await store.close();
  looks.push({ when: "closed", readings, ...fileSizes(folder), ...measures });
  publish({ title: "Size", body: sizeReport(looks) }, { save });
}

function fileSizes(folder: string): Pick<Look, "fileBytes" | "logBytes"> {
  const log = join(folder, "readings.db-wal");
  return {
    fileBytes: statSync(join(folder, "readings.db")).size,
    logBytes: existsSync(log) ? statSync(log).size : 0,
  };
}

function sizeReport(looks: readonly Look[]): string {
  const columns = ["readings", "in rows", "packed", "file MB", "log MB", "bytes of file a reading"];
  const rows = looks.map((look) => [
    look.when,
    whole(look.readings),
    whole(look.freshReadings),
    whole(look.packedReadings),
    decimal(look.fileBytes / 1e6, 1),
    decimal(look.logBytes / 1e6, 1),
    decimal(look.fileBytes / look.readings, 1),
  ]);
  const end = looks.at(-1)!;
  const bytes = end.fileBytes / end.readings;
  return [
    `${whole(USERS)} users, one reading a second each, times and delays in arrival's disorder, through the store's own append.`,
    markdownTable([{ heading: "" }, ...columns.map((heading) => ({ heading, numeric: true }))], rows),
    `Wanted: under ${BYTES_A_READING_MAX} bytes of file a reading. Measured: ${decimal(bytes, 1)}${bytes < BYTES_A_READING_MAX ? "" : ", which is too much"}.`,
  ].join("\n\n");
}
