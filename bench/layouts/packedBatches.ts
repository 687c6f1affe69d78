import { Arrivals } from "../../src/storage/sqlite/arrivals.ts";
import { COLUMNS } from "../../src/storage/sqlite/freshIndex.ts";
import type { Layout } from "./layout.ts";

/** One row a commit, with all readings of the commit packed into it: the layout of the server, by its own code. */
export const packedBatches: Layout = {
  name: "one packed row a commit, in arrival order",
  duplicateCheck: "outside, in memory",
  schema:
    "CREATE TABLE arrival (first_sequence INTEGER PRIMARY KEY, readings INTEGER NOT NULL, packed BLOB NOT NULL) STRICT",
  inserter(database) {
    const arrivals = new Arrivals(database);
    return (batch, firstSequence) => {
      const numbers = new Float64Array(batch.length * COLUMNS);
      for (const [place, { profile, source, measuredAt, arrivedAt, bpm }] of batch.entries()) {
        numbers.set([profile, source, measuredAt, arrivedAt, bpm], place * COLUMNS);
      }
      const sequences = Float64Array.from(batch, (_, place) => firstSequence + place);
      arrivals.add(numbers, sequences, undefined);
    };
  },
};
