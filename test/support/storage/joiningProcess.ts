import type { EpochMs, ProfileId } from "../../../src/domain/reading.ts";
import { SqliteDirectory } from "../../../src/storage/sqlite/sqliteDirectory.ts";

/**
 * A process that opens a directory beside others, waits for a line on its standard input, and then lets everybody whom it
 * was told join by one invitation. It prints what became of each.
 */
const [file = "", codeHash = "", membersMax = "", ...profiles] = process.argv.slice(2);
const directory = await SqliteDirectory.open(file);
console.log("ready");
for await (const _ of console) break;

const outcomes: string[] = [];
for (const profile of profiles) {
  const { outcome } = await directory.rooms.join({
    codeHash,
    profile: Number(profile) as ProfileId,
    now: Date.now() as EpochMs,
    membersMax: Number(membersMax),
    membershipsMax: 1,
  });
  outcomes.push(outcome);
}
await directory.close();
console.log(JSON.stringify(outcomes));
process.exit(0);
