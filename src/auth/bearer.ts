import type { EpochMs } from "../domain/reading.ts";
import type { Scope } from "../domain/scopes.ts";
import { isUuid } from "../domain/uuid.ts";
import type { TokenRecord } from "../storage/directory.ts";
import type { TokenVerifier } from "./tokens.ts";

/** Why a request's token does not open what it asks for. */
export type RefusalReason =
  | "missing"
  | "scheme"
  | "malformed"
  | "conflicting"
  | "unknown"
  | "expired"
  | "scope"
  | "unverifiable";

export class TokenRefused extends Error {
  override name = "TokenRefused";
  readonly reason: RefusalReason;
  /** The scope that the token lacks, where the reason is that. */
  readonly scope: Scope | undefined;

  constructor(reason: RefusalReason, options: { readonly scope?: Scope; readonly cause?: unknown } = {}) {
    super(`the token is refused: ${reason}`, { cause: options.cause });
    this.reason = reason;
    this.scope = options.scope;
  }
}

/**
 * Reads the token of a request: from `Authorization: Bearer <uuid>` (RFC 6750 section 2.1), and on the few routes
 * that allow it from the query's `access_token` (section 2.3).
 *
 * @throws TokenRefused when it is missing, malformed, or given twice with different values
 */
export function readToken(request: Request, { query }: { readonly query: boolean }): string {
  const header = request.headers.get("authorization");
  const fromHeader = header === null ? undefined : readHeader(header);
  const fromQuery = query ? readQuery(request.url) : undefined;
  if (fromHeader !== undefined && fromQuery !== undefined && fromHeader !== fromQuery) {
    throw new TokenRefused("conflicting");
  }
  const token = fromHeader ?? fromQuery;
  if (token === undefined) throw new TokenRefused("missing");
  return token;
}

const BEARER = /^bearer(?: +|$)/i;

function readHeader(header: string): string {
  const scheme = BEARER.exec(header);
  if (scheme === null) throw new TokenRefused("scheme");
  return readUuid(header.slice(scheme[0].length));
}

function readQuery(url: string): string | undefined {
  const start = url.indexOf("?");
  if (start < 0) return undefined;
  const given = new URLSearchParams(url.slice(start)).getAll("access_token").map(readUuid);
  if (new Set(given).size > 1) throw new TokenRefused("conflicting");
  return given[0];
}

function readUuid(text: string): string {
  if (!isUuid(text)) throw new TokenRefused("malformed");
  return text.toLowerCase();
}

/** What a route wants of the token that opens it. */
export interface TokenDemand {
  /** Absent where any token will do. */
  readonly scope?: Scope;
  readonly query: boolean;
}

/**
 * Finds out whose token a request carries and whether it may do what the route does; at once when the token is
 * remembered.
 *
 * @throws TokenRefused
 */
export function authorise(
  request: Request,
  demand: TokenDemand,
  verifier: TokenVerifier,
  now: EpochMs,
): TokenRecord | Promise<TokenRecord> {
  const query = demand.query && verifier.readsQueries;
  const found = verifier.find(readToken(request, { query }));
  if (!(found instanceof Promise)) return permit(found, demand, now);
  return answerOf(found).then((record) => permit(record, demand, now));
}

function permit(record: TokenRecord | undefined, demand: TokenDemand, now: EpochMs): TokenRecord {
  if (record === undefined) throw new TokenRefused("unknown");
  if (record.expiresAt !== undefined && record.expiresAt <= now) throw new TokenRefused("expired");
  if (demand.scope !== undefined && !record.scopes.includes(demand.scope)) {
    throw new TokenRefused("scope", { scope: demand.scope });
  }
  return record;
}

async function answerOf(found: Promise<TokenRecord | undefined>): Promise<TokenRecord | undefined> {
  try {
    return await found;
  } catch (cause) {
    throw new TokenRefused("unverifiable", { cause });
  }
}
