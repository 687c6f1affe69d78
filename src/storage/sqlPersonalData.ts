import type { Kysely } from "kysely";
import type { ProfileId } from "../domain/reading.ts";
import type { BetterAuthTime, ControlTables } from "./controlTables.ts";
import type { PersonalData, PersonalRecord, PersonalSections } from "./personalData.ts";
import { toEpochMs } from "./sqlSignIns.ts";

/** Everything on somebody, on any engine that Kysely speaks to. */
export class SqlPersonalData implements PersonalData {
  readonly #database: Kysely<ControlTables>;

  constructor(database: Kysely<ControlTables>) {
    this.#database = database;
  }

  /** In one transaction, so that all of it is of the same moment. */
  collect(profile: ProfileId): Promise<PersonalSections> {
    return this.#database.transaction().execute(async (database) => {
      const { person_id: person } = await database
        .selectFrom("profile")
        .select("person_id")
        .where("id", "=", profile)
        .executeTakeFirstOrThrow();
      return {
        ...(person === null ? {} : await ofPerson(database, person)),
        ...(await ofProfile(database, profile)),
        ...(await ofApps(database, profile)),
        ...(await ofRooms(database, profile)),
        widgets: await widgets(database, profile),
      };
    });
  }
}

async function ofPerson(database: Kysely<ControlTables>, person: string): Promise<PersonalSections> {
  return {
    person: readable(
      await database
        .selectFrom("person")
        .select(["id", "name", "email", "email_verified", "image", "created_at", "updated_at"])
        .where("id", "=", person)
        .execute(),
    ),
    sign_in_methods: readable(
      await database
        .selectFrom("sign_in_method")
        .select(["provider_id", "account_id", "created_at", "updated_at"])
        .where("person_id", "=", person)
        .execute(),
    ),
    passkeys: readable(
      await database
        .selectFrom("passkey")
        .select(["id", "name", "device_type", "backed_up", "created_at"])
        .where("person_id", "=", person)
        .execute(),
    ),
    sign_in_sessions: readable(
      await database
        .selectFrom("sign_in_session")
        .select(["id", "created_at", "updated_at", "expires_at", "ip_address", "user_agent"])
        .where("person_id", "=", person)
        .execute(),
    ),
    one_time_links: await database
      .selectFrom("one_time_link")
      .select(["kind", "created_at", "expires_at"])
      .where("person_id", "=", person)
      .execute(),
  };
}

async function ofProfile(database: Kysely<ControlTables>, profile: ProfileId): Promise<PersonalSections> {
  return {
    profile: await database
      .selectFrom("profile")
      .select(["public_id as profile_id", "name", "created_at"])
      .select(["channel", "login", "username", "birth_date", "sex", "weight_kilograms"])
      .where("id", "=", profile)
      .execute(),
    tokens: scoped(
      await database
        .selectFrom("access_token")
        .select(["id", "label as name", "client_id", "scopes", "created_at", "expires_at", "revoked_at"])
        .select(["first_used_at", "last_read_at", "last_written_at", "read_count", "write_count"])
        .where("profile_id", "=", profile)
        .orderBy("id")
        .execute(),
    ),
  };
}

async function ofApps(database: Kysely<ControlTables>, profile: ProfileId): Promise<PersonalSections> {
  return {
    apps: scoped(
      await database
        .selectFrom("app_grant")
        .innerJoin("client", "client.id", "app_grant.client_id")
        .select(["client.public_id as client_id", "client.name", "app_grant.kind", "app_grant.scopes"])
        .select(["app_grant.created_at", "app_grant.revoked_at"])
        .where("app_grant.profile_id", "=", profile)
        .orderBy("app_grant.id")
        .execute(),
    ),
    refresh_tokens: await database
      .selectFrom("refresh_token")
      .innerJoin("app_grant", "app_grant.id", "refresh_token.grant_id")
      .innerJoin("client", "client.id", "app_grant.client_id")
      .select(["client.public_id as client_id", "refresh_token.created_at"])
      .select(["refresh_token.expires_at", "refresh_token.rotated_at"])
      .where("app_grant.profile_id", "=", profile)
      .orderBy("refresh_token.id")
      .execute(),
    authorization_codes: scoped(
      await database
        .selectFrom("authorization_code")
        .innerJoin("client", "client.id", "authorization_code.client_id")
        .select(["client.public_id as client_id", "redirect_uri", "scopes"])
        .select(["authorization_code.created_at", "expires_at", "used_at"])
        .where("profile_id", "=", profile)
        .execute(),
    ),
    device_requests: scoped(
      await database
        .selectFrom("device_request")
        .innerJoin("client", "client.id", "device_request.client_id")
        .select(["client.public_id as client_id", "scopes", "outcome"])
        .select(["device_request.created_at", "expires_at", "issued_at"])
        .where("profile_id", "=", profile)
        .execute(),
    ),
    pinned_secrets: await database
      .selectFrom("client_pin")
      .innerJoin("client", "client.id", "client_pin.client_id")
      .select(["client.public_id as client_id", "pinned_at"])
      .where("profile_id", "=", profile)
      .execute(),
    clients: parsed(
      await database
        .selectFrom("client")
        .select(["public_id as client_id", "name", "redirect_uris", "implicit", "created_at"])
        .where("owner_id", "=", profile)
        .orderBy("id")
        .execute(),
      "redirect_uris",
    ),
  };
}

async function ofRooms(database: Kysely<ControlTables>, profile: ProfileId): Promise<PersonalSections> {
  return {
    rooms: parsed(
      await database
        .selectFrom("room")
        .select(["public_id as room_id", "configuration", "created_at"])
        .where("owner_id", "=", profile)
        .orderBy("id")
        .execute(),
      "configuration",
    ),
    memberships: parsed(
      await database
        .selectFrom("room_member")
        .innerJoin("room", "room.id", "room_member.room_id")
        .select(["room.public_id as room_id", "room_member.configuration", "joined_at"])
        .where("profile_id", "=", profile)
        .orderBy("room_member.id")
        .execute(),
      "configuration",
    ),
    invitations: await database
      .selectFrom("room_invitation")
      .innerJoin("room", "room.id", "room_invitation.room_id")
      .select(["room.public_id as room_id", "room_invitation.created_at", "expires_at"])
      .where("owner_id", "=", profile)
      .execute(),
  };
}

async function widgets(
  database: Kysely<ControlTables>,
  profile: ProfileId,
): Promise<readonly PersonalRecord[]> {
  const rows = await database
    .selectFrom("widget")
    .leftJoin("widget_link", "widget_link.widget_id", "widget.id")
    .select(["public_id as id", "meta_id", "name", "configuration", "created_at"])
    .select("widget_link.opened_at as link_opened_at")
    .where("profile_id", "=", profile)
    .orderBy("widget.id")
    .execute();
  return parsed(rows, "configuration");
}

/** Scopes as a list, in place of words in a text. */
function scoped<Row extends { readonly scopes: string }>(rows: readonly Row[]): readonly PersonalRecord[] {
  return rows.map((row) => ({ ...row, scopes: row.scopes.split(" ").filter((scope) => scope !== "") }));
}

/** A column of JSON as what it says. */
function parsed<Column extends string>(
  rows: readonly Readonly<Record<Column, string>>[],
  column: Column,
): readonly PersonalRecord[] {
  return rows.map((row) => ({ ...row, [column]: JSON.parse(row[column]) }));
}

const TIMES = ["created_at", "updated_at", "expires_at"];

/** better-auth's rows with their times in Unix milliseconds, as all others have them. */
function readable(rows: readonly object[]): readonly PersonalRecord[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([column, value]) => [
        column,
        TIMES.includes(column) && value !== null ? toEpochMs(value as BetterAuthTime) : value,
      ]),
    ),
  );
}
