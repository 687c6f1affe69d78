import { hashToken, makeToken } from "../../../src/auth/tokens.ts";
import type { EpochMs } from "../../../src/domain/reading.ts";
import { SCOPES, type Scope } from "../../../src/domain/scopes.ts";
import { MANUAL_CLIENT_ID } from "../../../src/storage/directory.ts";
import type { FurnishedServer } from "../description/recipes.ts";
import { bearer } from "../requests.ts";
import { write } from "../server.ts";
import { signIn } from "../signedIn.ts";
import type { Row } from "./rows.ts";

/** Somebody who asks, and what the row of a route makes of them. */
export interface Caller {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: string;
  /** Whether it may not hear a pulse, and so is not shown a widget whose link is open. */
  readonly deaf?: boolean;
  /** `in`: let in. `stranger`: let in, but to what is theirs. Otherwise the code of the error, always with 401. */
  readonly verdict: (row: Row) => "in" | "stranger" | number;
}

const [MALFORMED, UNKNOWN, EXPIRED, MISSING, LACKS] = [7010, 7005, 7006, 7009, 7011];

/** The heart rate of the one who owns what everybody asks for: it stands in nobody else's answer. */
export const OWNERS_BPM = 217;

/** Every kind of caller: without, with a broken, and with each token that there can be. */
export async function callersOf({ server, token: full, page }: FurnishedServer): Promise<readonly Caller[]> {
  const { directory } = server.server.storage;
  const make = (scopes: readonly Scope[], more: { user?: string; expiresAt?: number } = {}) =>
    server.token(scopes, { user: "anna", ...more });
  const revoked = await make(SCOPES);
  const row = await directory.findToken(hashToken(revoked));
  await directory.revokeToken(row?.id as number, Date.now() as EpochMs);
  const eve = await signIn(server, { user: "eve" });
  const evesToken = await make(SCOPES, { user: "eve" });
  await write(server.origin, evesToken, Date.now(), 66);
  await write(server.origin, full, Date.now(), OWNERS_BPM);
  const outside: Caller["verdict"] = (one) => (asksForToken(one) ? MISSING : "in");
  const refused =
    (code: number): Caller["verdict"] =>
    (one) =>
      asksForToken(one) ? code : "in";
  const queried = `access_token=${full}`;
  return [
    { name: "nobody", headers: {}, verdict: outside },
    {
      name: "a cookie of a session",
      headers: { cookie: `heartwire.session_token=${eve.sessionId}; access_token=${full}` },
      verdict: outside,
    },
    {
      name: "a token in the query",
      headers: {},
      query: queried,
      verdict: (one) => (one.query || !asksForToken(one) ? "in" : MISSING),
    },
    { name: "an unknown token", headers: bearer(crypto.randomUUID()), verdict: refused(UNKNOWN) },
    { name: "no token but a word", headers: bearer("token"), verdict: refused(MALFORMED) },
    { name: "another scheme", headers: { authorization: `Token ${full}` }, verdict: refused(MALFORMED) },
    {
      name: "an expired token",
      headers: bearer(await make(SCOPES, { expiresAt: Date.now() - 1 })),
      verdict: refused(EXPIRED),
    },
    { name: "a revoked token", headers: bearer(revoked), verdict: refused(UNKNOWN) },
    {
      name: "a server's token",
      headers: bearer(await makeServerToken(directory)),
      verdict: (one) => (asksForToken(one) && !one.server ? LACKS : "in"),
    },
    ...(await Promise.all(
      SCOPES.map(
        async (scope): Promise<Caller> => ({
          name: `a token for ${scope} alone`,
          headers: bearer(await make([scope])),
          deaf: scope !== "data:heart_rate:read",
          verdict: verdictOn([scope]),
        }),
      ),
    )),
    ...(await Promise.all(
      SCOPES.map(async (scope): Promise<Caller> => {
        const others = SCOPES.filter((other) => other !== scope);
        return {
          name: `a token for all but ${scope}`,
          headers: bearer(await make(others)),
          deaf: scope === "data:heart_rate:read",
          verdict: verdictOn(others),
        };
      }),
    )),
    {
      name: "the owner's page",
      headers: bearer(page.token),
      verdict: () => "in",
    },
    {
      name: "another user with every scope",
      headers: bearer(evesToken),
      verdict: (one) => (one.right === "page" ? LACKS : asksForToken(one) ? "stranger" : "in"),
    },
    {
      name: "another user's page",
      headers: bearer(eve.token),
      verdict: (one) => (asksForToken(one) ? "stranger" : "in"),
    },
  ];
}

function asksForToken({ right }: Row): boolean {
  return right !== "anybody" && right !== "cookie" && right !== "app";
}

function verdictOn(scopes: readonly Scope[]): Caller["verdict"] {
  return ({ right }) => {
    if (right === "page") return LACKS;
    if (typeof right === "string") return "in";
    return right.every((needed) => scopes.includes(needed)) ? "in" : LACKS;
  };
}

/** What client credentials give: every scope, and nobody's. */
async function makeServerToken(
  directory: FurnishedServer["server"]["server"]["storage"]["directory"],
): Promise<string> {
  const token = makeToken();
  await directory.people.database.db
    .insertInto("access_token")
    .values({
      hash: hashToken(token),
      profile_id: null,
      client_id: MANUAL_CLIENT_ID,
      scopes: SCOPES.join(" "),
      created_at: Date.now(),
    })
    .execute();
  return token;
}
