import type { TokenRecord } from "../storage/directory.ts";
import type { Right } from "./liveSockets.ts";

/** A socket stays open as long as the token that opened it holds. */
export function tokenRight({ id, expiresAt }: TokenRecord): Right {
  return { kind: "token", id, ...(expiresAt === undefined ? {} : { expiresAt }) };
}
