/**
 * A process that writes, corrects, deletes, packs and seals readings, gives free pages back, and kills itself with SIGKILL before a chosen SQLite
 * statement: `sealingVictim.ts FILE STATEMENT`. With STATEMENT 0 it lives, and prints how many statements there were.
 *
 * Every operation that returned is printed as one line with its number before anything else happens.
 */
import { writeSync } from "node:fs";
import { ReadingEngine } from "../../../src/storage/sqlite/readingEngine.ts";
import { OPERATIONS, operate, RETURNED_PAGES, SEALING_OPTIONS } from "./sealingScript.ts";
import { beforeEveryStatement } from "./statements.ts";

const [file = "", statement = "0"] = process.argv.slice(2);
const killAt = Number(statement);
let counting = false;
let statements = 0;

beforeEveryStatement(() => {
  if (counting && ++statements === killAt) process.kill(process.pid, "SIGKILL");
});

const engine = new ReadingEngine({ file, ...SEALING_OPTIONS });
counting = true;
for (let operation = 0; operation < OPERATIONS; operation++) {
  operate(engine, operation);
  writeSync(1, `${operation}\n`);
  for (let steps = 0; engine.packing && steps < 4; steps++) engine.packStep();
  for (let steps = 0; steps < 3; steps++) engine.sealStep();
  engine.returnFreePages(RETURNED_PAGES);
}
engine.close();
writeSync(1, `statements ${statements}\n`);
