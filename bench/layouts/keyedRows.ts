import type { Layout } from "./layout.ts";

/** The rows lie in the order of their identity: a batch of many users touches as many pages. */
export const keyedRows: Layout = {
  name: "rows keyed by profile, source, time",
  duplicateCheck: "the key",
  schema: `CREATE TABLE reading (
    sequence INTEGER NOT NULL,
    profile INTEGER NOT NULL,
    source INTEGER NOT NULL,
    measured_at INTEGER NOT NULL,
    arrival_delay INTEGER NOT NULL,
    bpm INTEGER NOT NULL,
    rr_intervals BLOB,
    PRIMARY KEY (profile, source, measured_at)
  ) STRICT, WITHOUT ROWID`,
  inserter(database) {
    const insert = database.prepare("INSERT OR IGNORE INTO reading VALUES (?, ?, ?, ?, ?, ?, NULL)");
    return (batch, firstSequence) => {
      for (const [place, { profile, source, measuredAt, arrivedAt, bpm }] of batch.entries()) {
        insert.run(firstSequence + place, profile, source, measuredAt, arrivedAt - measuredAt, bpm);
      }
    };
  },
};
