import type { Kysely, Transaction } from "kysely";
import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { ControlTables } from "./controlTables.ts";
import type { Profile } from "./directory.ts";
import type { AccountDatabase, People, Person, PersonListing } from "./people.ts";
import { inChunks } from "./sqlChunks.ts";

/** People on any engine that Kysely speaks to. */
export class SqlPeople implements People {
  readonly database: AccountDatabase;
  readonly #database: Kysely<ControlTables>;

  constructor(database: Kysely<ControlTables>, type: AccountDatabase["type"]) {
    this.#database = database;
    this.database = { db: database, type };
  }

  profileOf(person: Person, now: EpochMs): Promise<Profile> {
    return this.#database.transaction().execute(async (transaction) => {
      const known = await findProfileOf(transaction, person.id);
      if (known !== undefined) return known;
      const name = await freeName(transaction, person.name);
      const publicId = crypto.randomUUID();
      const { id } = await transaction
        .insertInto("profile")
        .values({ public_id: publicId, name, created_at: now, login: person.email, person_id: person.id })
        .returning("id")
        .executeTakeFirstOrThrow();
      return { id: id as ProfileId, publicId, name };
    });
  }

  adopt(person: string, profile: ProfileId): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      if ((await findProfileOf(transaction, person)) !== undefined) return false;
      const { numUpdatedRows } = await transaction
        .updateTable("profile")
        .set({ person_id: person })
        .where("id", "=", profile)
        .where("person_id", "is", null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }

  async find(id: string): Promise<PersonListing | undefined> {
    const row = await this.#listings().where("person.id", "=", id).executeTakeFirst();
    return row === undefined ? undefined : toListing(row);
  }

  async findByEmail(email: string): Promise<PersonListing | undefined> {
    const row = await this.#listings().where("person.email", "=", email.toLowerCase()).executeTakeFirst();
    return row === undefined ? undefined : toListing(row);
  }

  async findByProfile(profile: ProfileId): Promise<Person | undefined> {
    const row = await this.#listings().where("profile.id", "=", profile).executeTakeFirst();
    return row === undefined ? undefined : toListing(row);
  }

  async list(): Promise<readonly PersonListing[]> {
    return (await this.#listings().orderBy("person.email").execute()).map(toListing);
  }

  async hasAny(): Promise<boolean> {
    const row = await this.#database.selectFrom("person").select("id").limit(1).executeTakeFirst();
    return row !== undefined;
  }

  async findSessions(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await inChunks(ids, (chunk) =>
      this.#database.selectFrom("sign_in_session").select("id").where("id", "in", chunk).execute(),
    );
    return new Set(rows.map(({ id }) => id));
  }

  async endOldSessions(person: string, kept: number): Promise<void> {
    await this.#database
      .deleteFrom("sign_in_session")
      .where("person_id", "=", person)
      .where("id", "not in", (newest) =>
        newest
          .selectFrom("sign_in_session")
          .select("id")
          .where("person_id", "=", person)
          .orderBy("created_at", "desc")
          .limit(kept),
      )
      .execute();
  }

  async endSessions(person: string, except?: string): Promise<number> {
    let query = this.#database.deleteFrom("sign_in_session").where("person_id", "=", person);
    if (except !== undefined) query = query.where("id", "!=", except);
    const { numDeletedRows } = await query.executeTakeFirst();
    return Number(numDeletedRows);
  }

  #listings() {
    return this.#database
      .selectFrom("person")
      .leftJoin("profile", "profile.person_id", "person.id")
      .select(["person.id", "person.name", "person.email"])
      .select([
        "profile.id as profile_id",
        "profile.public_id as profile_public_id",
        "profile.name as profile_name",
      ]);
  }
}

interface ListingRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly profile_id: number | null;
  readonly profile_public_id: string | null;
  readonly profile_name: string | null;
}

function toListing(row: ListingRow): PersonListing {
  const { id, name, email, profile_id: profile } = row;
  if (profile === null) return { id, name, email };
  return {
    id,
    name,
    email,
    profile: {
      id: profile as ProfileId,
      publicId: row.profile_public_id as string,
      name: row.profile_name as string,
    },
  };
}

async function findProfileOf(
  transaction: Transaction<ControlTables>,
  person: string,
): Promise<Profile | undefined> {
  const row = await transaction
    .selectFrom("profile")
    .select(["id", "public_id", "name"])
    .where("person_id", "=", person)
    .executeTakeFirst();
  return row && { id: row.id as ProfileId, publicId: row.public_id, name: row.name };
}

/** Names of profiles are for the command line, and no two are alike: the second Anna is "Anna 2". */
async function freeName(transaction: Transaction<ControlTables>, wanted: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted} ${number}`;
    const taken = await transaction
      .selectFrom("profile")
      .select("id")
      .where("name", "=", name)
      .executeTakeFirst();
    if (taken === undefined) return name;
  }
}
