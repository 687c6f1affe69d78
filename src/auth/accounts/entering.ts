import type { Person } from "../../storage/people.ts";
import { AccountRefused } from "./accountRefused.ts";
import type { Accounts, SignInSession } from "./accounts.ts";
import { cookieHeader, type Visit } from "./visit.ts";

/** By what somebody showed who they are. */
export type SignInMethod = "password" | "passkey" | "outside";

/** Somebody who has just signed in. */
export interface Entered {
  readonly person: Person;
  /** What the browser is to keep, as `Set-Cookie` headers. */
  readonly cookies: readonly string[];
}

/**
 * Ends what there was before a sign-in and records it. Each sign-in makes a session of its own; the one that the browser had, or
 * that somebody put there (session fixation), ends with it.
 *
 * @param setCookies as better-auth made them for the new session
 * @throws AccountRefused when somebody signed in too often within a minute
 */
export async function enter(
  accounts: Accounts,
  visit: Visit,
  setCookies: readonly string[],
  method: SignInMethod,
): Promise<Entered> {
  const { clock, directory, limits } = accounts.parts;
  const session = await accounts.session({ ...visit, cookie: cookieHeader(setCookies) });
  if (session === undefined) throw new AccountRefused("signed out");
  await refuseTooMany(accounts, session);
  await endBefore(accounts, visit, session);
  await directory.people.endOldSessions(session.person.id, limits.signInSessionsMax);
  await dropExpired(accounts, visit.origin, new Date(clock()));
  await accounts.record(session.person, "signed_in", { method, address: visit.address });
  accounts.ended();
  return { person: session.person, cookies: setCookies };
}

/** Takes the new session back: whoever knows the password is not kept out by it for longer than a minute. */
async function refuseTooMany({ parts, signIns }: Accounts, { id, person }: SignInSession): Promise<void> {
  const waitSeconds = signIns.spend(person.id, parts.clock());
  if (waitSeconds === undefined) return;
  await parts.directory.signIns.endSession(person.id, id);
  throw new AccountRefused("too many attempts", { waitSeconds });
}

async function endBefore(accounts: Accounts, visit: Visit, now: SignInSession): Promise<void> {
  const before = await accounts.session(visit);
  if (before !== undefined && before.id !== now.id) await endSession(accounts, visit, before);
}

/** Signs a browser out. @returns what it is to keep: nothing */
export async function endSession(
  accounts: Accounts,
  visit: Visit,
  session: SignInSession,
): Promise<readonly string[]> {
  const auth = await accounts.at(visit.origin);
  const { headers } = await auth.api.signOut({
    headers: await accounts.headers(visit),
    returnHeaders: true,
  });
  accounts.ended(session.id);
  return headers.getSetCookie();
}

/** Sessions that are over open nothing; they are cleared away when somebody comes in. */
async function dropExpired(accounts: Accounts, origin: string, now: Date): Promise<void> {
  const { adapter } = await (await accounts.at(origin)).$context;
  await adapter.deleteMany({
    model: "session",
    where: [{ field: "expiresAt", operator: "lte", value: now }],
  });
}
