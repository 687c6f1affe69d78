import type { Kysely, Transaction } from "kysely";
import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { ControlTables } from "./controlTables.ts";
import type { Erasure, Erasures } from "./erasures.ts";

/** Erasures on any engine that Kysely speaks to; how deleted rows become unreadable is the engine's matter. */
export class SqlErasures implements Erasures {
  readonly #database: Kysely<ControlTables>;
  readonly #overwriteDeleted: () => Promise<void>;

  constructor(database: Kysely<ControlTables>, overwriteDeleted: () => Promise<void>) {
    this.#database = database;
    this.#overwriteDeleted = overwriteDeleted;
  }

  begin(profile: ProfileId, now: EpochMs): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const found = await transaction
        .selectFrom("profile")
        .leftJoin("person", "person.id", "profile.person_id")
        .select(["person.id", "person.email"])
        .where("profile.id", "=", profile)
        .executeTakeFirst();
      if (found === undefined) return false;
      await transaction.insertInto("erasure").values({ profile_id: profile, begun_at: now }).execute();
      // The trail's own rule lets its entries go only after the profile, with which everything else goes too.
      await transaction.deleteFrom("profile").where("id", "=", profile).execute();
      if (found.id !== null) await erasePerson(transaction, found.id, found.email ?? "");
      return true;
    });
  }

  async list(): Promise<readonly Erasure[]> {
    const rows = await this.#database.selectFrom("erasure").selectAll().orderBy("id").execute();
    return rows.map((row) => ({
      profile: row.profile_id as ProfileId,
      begunAt: row.begun_at as EpochMs,
    }));
  }

  overwriteDeleted(): Promise<void> {
    return this.#overwriteDeleted();
  }

  finish(profile: ProfileId, now: EpochMs): Promise<void> {
    return this.#database.transaction().execute(async (transaction) => {
      const { numDeletedRows } = await transaction
        .deleteFrom("erasure")
        .where("profile_id", "=", profile)
        .executeTakeFirst();
      if (numDeletedRows === 0n) return;
      await transaction
        .insertInto("trail")
        .values({ at: now, profile_id: null, kind: "erased", details: "{}" })
        .execute();
    });
  }
}

async function erasePerson(
  transaction: Transaction<ControlTables>,
  person: string,
  email: string,
): Promise<void> {
  await transaction.deleteFrom("person").where("id", "=", person).execute();
  // What better-auth waits for (an address to be verified, a passkey to be shown) names people in words of its own.
  const rows = await transaction.selectFrom("verification").select(["id", "identifier", "value"]).execute();
  const named = rows.filter(({ identifier, value }) => {
    const text = `${identifier} ${value}`.toLowerCase();
    return text.includes(person.toLowerCase()) || (email !== "" && text.includes(email.toLowerCase()));
  });
  for (const { id } of named) await transaction.deleteFrom("verification").where("id", "=", id).execute();
}
