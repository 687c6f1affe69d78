import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { EpochMs } from "../../src/domain/reading.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { throwAwayFolder } from "../support/server.ts";

/** Under which name the rows of each table stand in an export; null where they are nobody's. */
const SECTIONS: Readonly<Record<string, string | null>> = {
  access_token: "tokens",
  app_grant: "apps",
  authorization_code: "authorization_codes",
  client: "clients",
  client_pin: "pinned_secrets",
  device_request: "device_requests",
  // Whoever is in it can ask for nothing any more.
  erasure: null,
  one_time_link: "one_time_links",
  passkey: "passkeys",
  person: "person",
  profile: "profile",
  refresh_token: "refresh_tokens",
  room: "rooms",
  room_invitation: "invitations",
  room_member: "memberships",
  sign_in_method: "sign_in_methods",
  sign_in_session: "sign_in_sessions",
  // Read in pages, because it grows for ever.
  trail: null,
  // What better-auth waits for, a few minutes: challenges and codes, which are secrets.
  verification: null,
  widget: "widgets",
  widget_link: "widgets",
};

test("every table of the control data has its place in an export, or a reason to have none", async () => {
  const folder = throwAwayFolder();
  const file = join(folder, "control.db");
  const directory = await SqliteDirectory.open(file);
  const now = Date.now() as EpochMs;
  const person = { id: "p", name: "anna", email: "anna@example.org" };
  const iso = new Date(now).toISOString();
  await directory.people.database.db
    .insertInto("person")
    .values({ ...person, email_verified: 0, created_at: iso, updated_at: iso })
    .execute();
  const { id } = await directory.people.profileOf(person, now);
  const sections = Object.keys(await directory.personalData.collect(id));
  await directory.close();
  using database = new Database(file, { readonly: true });
  const tables = database
    .query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .values()
    .map(([table]) => String(table))
    .filter((table) => !table.startsWith("kysely_"));
  expect(tables.sort()).toEqual(Object.keys(SECTIONS).sort());
  const named = new Set(Object.values(SECTIONS).filter((section) => section !== null));
  expect(new Set<string | null>(sections)).toEqual(named);
  rmSync(folder, { recursive: true, force: true });
});
