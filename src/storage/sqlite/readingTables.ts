import type { Migration } from "./database.ts";

/**
 * The tables of `readings.db`. Only the worker writes them.
 *
 * `arrival` holds what arrived, one row a commit, in the order of arrival (see arrivals.ts): an append touches one
 * page, however many profiles send. `packed_hour` holds what was moved out of it (see packedHour.ts), in as many parts
 * as packings met that hour: a part is never written again, so that packing costs what is packed and not what is there.
 * `first_ms` and `last_ms` are claimed times within the hour: the duplicate check of a late reading unpacks only the
 * parts around it. `profile` holds what must be known of a profile without unpacking.
 */
export const READING_MIGRATIONS: readonly Migration[] = [
  `
  CREATE TABLE store (
    name TEXT PRIMARY KEY,
    value ANY NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE arrival (
    first_sequence INTEGER PRIMARY KEY,
    readings INTEGER NOT NULL,
    packed BLOB NOT NULL
  ) STRICT;

  CREATE TABLE packed_hour (
    profile INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    source INTEGER NOT NULL,
    part INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    readings INTEGER NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (profile, hour, source, part)
  ) STRICT;

  CREATE TABLE profile (
    profile INTEGER PRIMARY KEY,
    packed_sequence INTEGER NOT NULL,
    packed_until INTEGER NOT NULL,
    latest_source INTEGER NOT NULL,
    latest_measured_at INTEGER NOT NULL,
    latest_arrived_at INTEGER NOT NULL,
    latest_bpm INTEGER NOT NULL
  ) STRICT;

  INSERT INTO store VALUES ('epoch', lower(hex(randomblob(16)))), ('last_sequence', 0), ('packed_readings', 0), ('probe', 0);
  `,
];
