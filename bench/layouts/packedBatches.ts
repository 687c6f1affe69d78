import type { Layout } from "./layout.ts";

/** Bytes of one reading in a batch: profile 4, source 2, time 8, delay 4, rate 2. */
const READING_BYTES = 20;

/** One row a commit, the readings of the batch one behind the other in it. */
export const packedBatches: Layout = {
  name: "one packed blob a commit",
  duplicateCheck: "outside, in memory",
  schema: "CREATE TABLE batch (sequence INTEGER PRIMARY KEY, packed BLOB NOT NULL) STRICT",
  inserter(database) {
    const insert = database.prepare("INSERT INTO batch VALUES (?, ?)");
    return (batch, firstSequence) => {
      const packed = Buffer.alloc(batch.length * READING_BYTES);
      for (const [place, { profile, source, measuredAt, arrivedAt, bpm }] of batch.entries()) {
        const at = place * READING_BYTES;
        packed.writeUInt32LE(profile, at);
        packed.writeUInt16LE(source, at + 4);
        packed.writeDoubleLE(measuredAt, at + 6);
        packed.writeInt32LE(arrivedAt - measuredAt, at + 14);
        packed.writeUInt16LE(bpm, at + 18);
      }
      insert.run(firstSequence, packed);
    };
  },
};
