/**
 * A process that packs readings and kills itself with SIGKILL before a chosen SQLite statement of the packing:
 * `engineVictim.ts FILE STATEMENT`. With STATEMENT 0 it lives, and prints how many statements there were.
 *
 * Every append that returned is printed as one line with its number before anything else happens.
 */
import { writeSync } from "node:fs";
import { ReadingEngine } from "../../../src/storage/sqlite/readingEngine.ts";
import { appendVictimBatch, ENGINE_OPTIONS } from "./engineReadings.ts";
import { beforeEveryStatement } from "./statements.ts";

const [file = "", statement = "0"] = process.argv.slice(2);
const killAt = Number(statement);
let counting = false;
let statements = 0;

beforeEveryStatement(() => {
  if (counting && ++statements === killAt) process.kill(process.pid, "SIGKILL");
});

const engine = new ReadingEngine({ file, ...ENGINE_OPTIONS });
let batch = 0;
const append = () => {
  appendVictimBatch(engine, batch);
  writeSync(1, `${batch++}\n`);
};
while (!engine.packing) append();
counting = true;
// Readings keep coming between the steps: also late ones, for hours that are being packed.
while (engine.packing) {
  engine.packStep();
  append();
}
engine.close();
writeSync(1, `statements ${statements}\n`);
