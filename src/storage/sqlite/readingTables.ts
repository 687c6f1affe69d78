import type { Migration } from "./database.ts";

/**
 * The tables of `readings.db`. Only the worker writes them.
 *
 * `arrival` holds what arrived, one row a commit, in the order of arrival (see arrivals.ts): an append touches one
 * page, however many profiles send. `packed_hour` holds what was moved out of it (see packedHour.ts), in as many parts
 * as packings met that hour: a part is never written again, so that packing costs what is packed and not what is there.
 * `first_ms` and `last_ms` are claimed times within the hour: the duplicate check of a late reading unpacks only the
 * parts around it. `profile` holds what must be known of a profile without unpacking.
 *
 * `sealed_hour` holds what the readings of a profile in one hour of effective time come to, and `sealed_readings` these
 * in pieces (see sealedHour.ts and chunks.ts), apart from each other: the sums of a month are a few pages. `ahead` says in which sealed hours readings lie whose
 * claimed time is in a later hour, and in which. `packed_at` says when a part was written, in Unix ms; `first_at` and `last_at` between which
 * effective times its readings are, so that `packed_ahead` finds those of clocks that were ahead.
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
  `
  ALTER TABLE packed_hour ADD COLUMN packed_at INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE sealed_hour (
    profile INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    id INTEGER NOT NULL,
    readings INTEGER NOT NULL,
    bpm_sum INTEGER NOT NULL,
    lowest INTEGER NOT NULL,
    highest INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    last_bpm INTEGER NOT NULL,
    covered_ms INTEGER NOT NULL,
    bpm_ms INTEGER NOT NULL,
    PRIMARY KEY (profile, hour)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE sealed_readings (
    id INTEGER PRIMARY KEY,
    packed BLOB NOT NULL
  ) STRICT;

  CREATE TABLE ahead (
    profile INTEGER NOT NULL,
    measured_at INTEGER NOT NULL,
    source INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    PRIMARY KEY (profile, measured_at, source)
  ) STRICT, WITHOUT ROWID;

  INSERT INTO store VALUES ('sealed_readings', 0);
  `,
  `
  ALTER TABLE packed_hour ADD COLUMN first_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE packed_hour ADD COLUMN last_at INTEGER NOT NULL DEFAULT 0;
  UPDATE packed_hour SET last_at = hour * 3600000 + 3599999;
  CREATE INDEX packed_ahead ON packed_hour (profile, hour, first_at, last_at) WHERE first_at < hour * 3600000;

  CREATE TABLE ahead_hour (
    profile INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    claimed_hour INTEGER NOT NULL,
    PRIMARY KEY (profile, hour, claimed_hour)
  ) STRICT, WITHOUT ROWID;

  INSERT INTO ahead_hour SELECT DISTINCT profile, hour, measured_at / 3600000 FROM ahead;
  DROP TABLE ahead;
  ALTER TABLE ahead_hour RENAME TO ahead;
  CREATE INDEX ahead_claimed ON ahead (profile, claimed_hour);
  `,
];
