import type { Kysely, Selectable } from "kysely";
import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { ControlTables } from "./controlTables.ts";
import type { NewTrailEntry, Trail, TrailDetails, TrailEntry, TrailKind } from "./trail.ts";

/** The trail on any engine that Kysely speaks to. */
export class SqlTrail implements Trail {
  readonly #database: Kysely<ControlTables>;

  constructor(database: Kysely<ControlTables>) {
    this.#database = database;
  }

  record(entry: NewTrailEntry): Promise<void> {
    return insertTrail(this.#database, [entry]);
  }

  async read(profile: ProfileId, count: number, before?: number): Promise<readonly TrailEntry[]> {
    let query = this.#database
      .selectFrom("trail")
      .selectAll()
      .where("profile_id", "=", profile)
      .orderBy("id", "desc")
      .limit(count);
    if (before !== undefined) query = query.where("id", "<", before);
    return (await query.execute()).map(toEntry);
  }

  async newest(profile: ProfileId, kind: TrailKind, count: number): Promise<readonly TrailEntry[]> {
    const rows = await this.#database
      .selectFrom("trail")
      .selectAll()
      .where("profile_id", "=", profile)
      .where("kind", "=", kind)
      .orderBy("id", "desc")
      .limit(count)
      .execute();
    return rows.map(toEntry);
  }
}

/** Writes entries in their order, in the transaction of what they tell of where there is one. */
export async function insertTrail(
  database: Kysely<ControlTables>,
  entries: readonly NewTrailEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ at, profile, kind, details = {} }) => ({
    at,
    profile_id: profile ?? null,
    kind,
    details: JSON.stringify(details),
  }));
  await database.insertInto("trail").values(rows).execute();
}

function toEntry({ id, at, kind, details }: Selectable<ControlTables["trail"]>): TrailEntry {
  return { id, at: at as EpochMs, kind, details: JSON.parse(details) as TrailDetails };
}
