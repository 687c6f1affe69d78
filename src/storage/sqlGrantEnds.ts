import type { Transaction } from "kysely";
import type { EpochMs } from "../domain/reading.ts";
import type { ControlTables } from "./controlTables.ts";

/** Which grants are meant: those that have these values in these columns. */
export type GrantValues = Readonly<Partial<Record<"id" | "client_id" | "profile_id", number>>>;

/** Revokes grants with their tokens. @returns how many there were */
export async function revokeGrants(
  transaction: Transaction<ControlTables>,
  values: GrantValues,
  now: EpochMs,
): Promise<number> {
  let query = transaction
    .updateTable("app_grant")
    .set({ revoked_at: now })
    .where("revoked_at", "is", null)
    .returning("id");
  for (const [column, value] of Object.entries(values)) {
    query = query.where(column as keyof GrantValues, "=", value);
  }
  const ids = (await query.execute()).map(({ id }) => id);
  for (let start = 0; start < ids.length; start += CHUNK) {
    await transaction
      .updateTable("access_token")
      .set({ revoked_at: now })
      .where("grant_id", "in", ids.slice(start, start + CHUNK))
      .where("revoked_at", "is", null)
      .execute();
  }
  return ids.length;
}

/** Far fewer than SQLite and PostgreSQL take parameters in one statement. */
const CHUNK = 1_000;

/** Ends codes and devices that were allowed and not redeemed yet: they would become a grant afterwards. */
export async function endUnredeemed(
  transaction: Transaction<ControlTables>,
  { client_id: client, profile_id: profile }: GrantValues,
  now: EpochMs,
): Promise<void> {
  if (client === undefined) return;
  let codes = transaction
    .updateTable("authorization_code")
    .set({ used_at: now })
    .where("client_id", "=", client)
    .where("used_at", "is", null);
  let devices = transaction
    .updateTable("device_request")
    .set({ outcome: "denied" })
    .where("client_id", "=", client)
    .where("outcome", "=", "granted")
    .where("issued_at", "is", null);
  if (profile !== undefined) {
    codes = codes.where("profile_id", "=", profile);
    devices = devices.where("profile_id", "=", profile);
  }
  await codes.execute();
  await devices.execute();
}
