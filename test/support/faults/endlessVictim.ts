/**
 * A process that writes, corrects, deletes, packs and seals readings and gives free pages back until it is killed: `endlessVictim.ts FILE FROM`, FROM
 * being the operation of the script with which it starts. Every operation that returned is printed as one line.
 */
import { writeSync } from "node:fs";
import { ReadingEngine } from "../../../src/storage/sqlite/readingEngine.ts";
import { operate, RETURNED_PAGES, SEALING_OPTIONS } from "./sealingScript.ts";

const [file = "", from = "0"] = process.argv.slice(2);
const engine = new ReadingEngine({ file, ...SEALING_OPTIONS });
for (let operation = Number(from); ; operation++) {
  operate(engine, operation);
  writeSync(1, `${operation}\n`);
  for (let steps = 0; engine.packing && steps < 4; steps++) engine.packStep();
  for (let steps = 0; steps < 6; steps++) engine.sealStep();
  engine.returnFreePages(RETURNED_PAGES);
}
