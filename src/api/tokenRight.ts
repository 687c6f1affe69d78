import type { TokenRecord } from "../storage/directory.ts";
import type { Right } from "./liveSockets.ts";

/** A socket stays open as long as the token that opened it holds. */
export function tokenRight({ id, session, expiresAt }: TokenRecord): Right {
  const expiry = expiresAt === undefined ? {} : { expiresAt };
  return session === undefined
    ? { kind: "token", id, ...expiry }
    : { kind: "session", id: session.number, ...expiry };
}
