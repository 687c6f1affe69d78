import type { Kysely } from "kysely";
import type { EpochMs } from "../domain/reading.ts";
import type { BetterAuthTime, ControlTables } from "./controlTables.ts";
import type { Passkey, Removed, SignInSession, SignIns, SignInWays } from "./signIns.ts";

/** better-auth's name for signing in by a password. */
const PASSWORD_PROVIDER = "credential";

/** Sessions and ways to sign in, on any engine that Kysely speaks to. */
export class SqlSignIns implements SignIns {
  readonly #database: Kysely<ControlTables>;

  constructor(database: Kysely<ControlTables>) {
    this.#database = database;
  }

  async listSessions(person: string, now: EpochMs): Promise<readonly SignInSession[]> {
    const rows = await this.#database
      .selectFrom("sign_in_session")
      .select(["id", "created_at", "expires_at", "ip_address", "user_agent"])
      .where("person_id", "=", person)
      .execute();
    return rows
      .map((row) => ({
        id: row.id,
        createdAt: toEpochMs(row.created_at),
        expiresAt: toEpochMs(row.expires_at),
        ...(row.ip_address === null ? {} : { address: row.ip_address }),
        ...(row.user_agent === null ? {} : { userAgent: row.user_agent }),
      }))
      .filter(({ expiresAt }) => expiresAt > now)
      .sort((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1));
  }

  async endSession(person: string, session: string): Promise<boolean> {
    const { numDeletedRows } = await this.#database
      .deleteFrom("sign_in_session")
      .where("person_id", "=", person)
      .where("id", "=", session)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  waysOf(person: string): Promise<SignInWays> {
    return waysOf(this.#database, person);
  }

  removePasskey(person: string, passkey: string): Promise<Removed> {
    return this.#database.transaction().execute(async (transaction) => {
      const ways = await waysOf(transaction, person);
      if (!ways.passkeys.some(({ id }) => id === passkey)) return "unknown";
      if (count(ways) === 1) return "last";
      await transaction
        .deleteFrom("passkey")
        .where("person_id", "=", person)
        .where("id", "=", passkey)
        .execute();
      return "removed";
    });
  }

  removeOutside(person: string): Promise<Removed> {
    return this.#database.transaction().execute(async (transaction) => {
      const ways = await waysOf(transaction, person);
      if (!ways.outside) return "unknown";
      if (count(ways) === 1) return "last";
      await transaction
        .deleteFrom("sign_in_method")
        .where("person_id", "=", person)
        .where("provider_id", "!=", PASSWORD_PROVIDER)
        .execute();
      return "removed";
    });
  }
}

async function waysOf(database: Kysely<ControlTables>, person: string): Promise<SignInWays> {
  const methods = await database
    .selectFrom("sign_in_method")
    .select(["provider_id", "password"])
    .where("person_id", "=", person)
    .execute();
  const passkeys = await database
    .selectFrom("passkey")
    .select(["id", "name", "created_at"])
    .where("person_id", "=", person)
    .execute();
  return {
    password: methods.some((method) => method.provider_id === PASSWORD_PROVIDER && method.password !== null),
    outside: methods.some((method) => method.provider_id !== PASSWORD_PROVIDER),
    passkeys: passkeys
      .map(
        (row): Passkey => ({
          id: row.id,
          ...(row.name === null ? {} : { name: row.name }),
          ...(row.created_at === null ? {} : { createdAt: toEpochMs(row.created_at) }),
        }),
      )
      .sort((one, other) => (one.createdAt ?? 0) - (other.createdAt ?? 0)),
  };
}

function count({ password, outside, passkeys }: SignInWays): number {
  return Number(password) + Number(outside) + passkeys.length;
}

/** A moment of better-auth's tables, in Unix milliseconds. */
export function toEpochMs(time: BetterAuthTime): EpochMs {
  return (time instanceof Date ? time.getTime() : Date.parse(time)) as EpochMs;
}
