import type { Kysely, Selectable } from "kysely";
import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { ControlTables } from "./controlTables.ts";
import type { LinkKind, NewLink, OneTimeLink, OneTimeLinks } from "./links.ts";

/** One-time links on any engine that Kysely speaks to. */
export class SqlLinks implements OneTimeLinks {
  readonly #database: Kysely<ControlTables>;

  constructor(database: Kysely<ControlTables>) {
    this.#database = database;
  }

  async create(link: NewLink): Promise<void> {
    await this.#database
      .insertInto("one_time_link")
      .values({
        kind: link.kind,
        code_hash: link.codeHash,
        profile_id: link.profile ?? null,
        person_id: link.person ?? null,
        created_at: link.createdAt,
        expires_at: link.expiresAt,
      })
      .execute();
  }

  async find(codeHash: string, now: EpochMs): Promise<OneTimeLink | undefined> {
    const row = await this.#database
      .selectFrom("one_time_link")
      .selectAll()
      .where("code_hash", "=", codeHash)
      .where("expires_at", ">", now)
      .executeTakeFirst();
    return row === undefined ? undefined : toLink(row);
  }

  async take(codeHash: string, now: EpochMs): Promise<OneTimeLink | undefined> {
    const row = await this.#database
      .deleteFrom("one_time_link")
      .where("code_hash", "=", codeHash)
      .where("expires_at", ">", now)
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? undefined : toLink(row);
  }

  async end(
    kind: LinkKind,
    { profile, person }: { readonly profile?: ProfileId; readonly person?: string } = {},
  ): Promise<number> {
    let query = this.#database.deleteFrom("one_time_link").where("kind", "=", kind);
    if (profile !== undefined) query = query.where("profile_id", "=", profile);
    if (person !== undefined) query = query.where("person_id", "=", person);
    const { numDeletedRows } = await query.executeTakeFirst();
    return Number(numDeletedRows);
  }
}

function toLink(row: Selectable<ControlTables["one_time_link"]>): OneTimeLink {
  return {
    id: row.id,
    kind: row.kind,
    createdAt: row.created_at as EpochMs,
    expiresAt: row.expires_at as EpochMs,
    ...(row.profile_id === null ? {} : { profile: row.profile_id as ProfileId }),
    ...(row.person_id === null ? {} : { person: row.person_id }),
  };
}
