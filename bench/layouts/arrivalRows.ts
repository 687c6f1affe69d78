import type { Layout } from "./layout.ts";

const TABLE = `CREATE TABLE reading (
  sequence INTEGER PRIMARY KEY,
  profile INTEGER NOT NULL,
  source INTEGER NOT NULL,
  measured_at INTEGER NOT NULL,
  arrival_delay INTEGER NOT NULL,
  bpm INTEGER NOT NULL,
  rr_intervals BLOB
) STRICT;`;

const inserter: Layout["inserter"] = (database) => {
  const insert = database.prepare("INSERT OR IGNORE INTO reading VALUES (?, ?, ?, ?, ?, ?, NULL)");
  return (batch, firstSequence) => {
    for (const [place, { profile, source, measuredAt, arrivedAt, bpm }] of batch.entries()) {
      insert.run(firstSequence + place, profile, source, measuredAt, arrivedAt - measuredAt, bpm);
    }
  };
};

/** The rows lie as they came: a batch touches the last page or two, and identities are known in memory. */
export const arrivalRows: Layout = {
  name: "rows in arrival order",
  duplicateCheck: "outside, in memory",
  schema: TABLE,
  inserter,
};

/** The same with the identities in an index on disk, which is touched as the keyed rows are. */
export const indexedArrivalRows: Layout = {
  name: "rows in arrival order, identity indexed",
  duplicateCheck: "the index",
  schema: `${TABLE} CREATE UNIQUE INDEX identity ON reading (profile, source, measured_at);`,
  inserter,
};
