import type { Kysely } from "kysely";
import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { ControlTables } from "./controlTables.ts";
import type { NewTrailEntry, Trail, TrailDetails, TrailEntry } from "./trail.ts";

/** The trail on any engine that Kysely speaks to. */
export class SqlTrail implements Trail {
  readonly #database: Kysely<ControlTables>;

  constructor(database: Kysely<ControlTables>) {
    this.#database = database;
  }

  async record({ at, profile, kind, details = {} }: NewTrailEntry): Promise<void> {
    await this.#database
      .insertInto("trail")
      .values({ at, profile_id: profile ?? null, kind, details: JSON.stringify(details) })
      .execute();
  }

  async read(profile: ProfileId, count: number, before?: number): Promise<readonly TrailEntry[]> {
    let query = this.#database
      .selectFrom("trail")
      .selectAll()
      .where("profile_id", "=", profile)
      .orderBy("id", "desc")
      .limit(count);
    if (before !== undefined) query = query.where("id", "<", before);
    return (await query.execute()).map(({ id, at, kind, details }) => ({
      id,
      at: at as EpochMs,
      kind,
      details: JSON.parse(details) as TrailDetails,
    }));
  }
}
