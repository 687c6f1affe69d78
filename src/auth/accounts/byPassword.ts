import type { ProfileId } from "../../domain/reading.ts";
import { senderOf } from "../sender.ts";
import { AccountRefused } from "./accountRefused.ts";
import type { Accounts } from "./accounts.ts";
import type { Counter } from "./attempts.ts";
import { type Entered, enter } from "./entering.ts";
import type { Visit } from "./visit.ts";

/** How many of the latest sign-ins say from where somebody is known to come. */
const KNOWN_SIGN_INS = 50;

/**
 * Signs in by e-mail address and password. Whether there is such an account shows neither in what is refused nor in how long
 * it takes: better-auth hashes once in either case.
 *
 * @throws AccountRefused when one of the two is wrong, or it is not time yet for another attempt
 */
export async function signInByPassword(
  accounts: Accounts,
  visit: Visit,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<Entered> {
  const counters = await countersOf(accounts, visit, email);
  const attempt = accounts.attempts.begin(counters);
  try {
    const entered = await enterByPassword(accounts, visit, { email, password });
    attempt.succeeded([pairOf(accounts, visit, email)]);
    return entered;
  } catch (error) {
    if (!isRefusal(error, "INVALID_EMAIL_OR_PASSWORD")) {
      // It was not the guess that failed.
      attempt.succeeded();
      throw error;
    }
    // Not waited for: the time it takes would tell that there is such an account.
    void recordFailure(accounts, visit, email).catch(accounts.parts.report);
    throw new AccountRefused("wrong credentials");
  }
}

/** The same for somebody whose account was made at this moment: there was nothing to guess. */
export async function enterByPassword(
  accounts: Accounts,
  visit: Visit,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<Entered> {
  const auth = await accounts.at(visit.origin);
  const { headers } = await auth.api.signInEmail({
    body: { email, password },
    headers: await accounts.headers({ ...visit, cookie: null }),
    returnHeaders: true,
  });
  return await enter(accounts, visit, headers.getSetCookie(), "password");
}

/** Changes the password of whoever is signed in, or sets the first one, and ends their other sessions. */
export async function changePassword(
  accounts: Accounts,
  visit: Visit,
  { current, password }: { readonly current: string | undefined; readonly password: string },
): Promise<void> {
  const session = await accounts.requireSession(visit);
  const auth = await accounts.at(visit.origin);
  const { internalAdapter } = await auth.$context;
  const headers = await accounts.headers(visit);
  const known = await internalAdapter.findCredentialAccount(session.person.id);
  if (known?.password) {
    const pair = pairOf(accounts, visit, session.person.email);
    const attempt = accounts.attempts.begin([pair, senderCounter(accounts, visit)]);
    try {
      await auth.api.changePassword({
        body: { currentPassword: current ?? "", newPassword: password, revokeOtherSessions: false },
        headers,
      });
    } catch (error) {
      if (isRefusal(error, "INVALID_PASSWORD")) {
        const details = { method: "password change", address: visit.address };
        await accounts.record(session.person, "sign_in_failed", details);
        throw new AccountRefused("wrong password");
      }
      attempt.succeeded();
      throw error;
    }
    attempt.succeeded([pair]);
  } else {
    await accounts.requireFresh(visit);
    await auth.api.setPassword({ body: { newPassword: password }, headers });
  }
  await accounts.parts.directory.people.endSessions(session.person.id, session.id);
  accounts.ended();
  await accounts.record(session.person, "password_changed", { address: visit.address });
}

/**
 * What a sign-in is counted by. When strangers have tried so often that the account makes everybody wait, whoever has signed in
 * to it from this address before, or set its password by a link, is judged without them: nobody can lock somebody else out.
 */
async function countersOf(accounts: Accounts, visit: Visit, email: string): Promise<readonly Counter[]> {
  const own = [pairOf(accounts, visit, email), senderCounter(accounts, visit)];
  const everybody = {
    key: `account ${email.toLowerCase()}`,
    free: accounts.parts.limits.senderAttemptsFree,
  };
  const isJudgedAlone = accounts.attempts.isWaiting(everybody) && (await isKnown(accounts, visit, email));
  return isJudgedAlone ? own : [...own, everybody];
}

async function isKnown(accounts: Accounts, { address }: Visit, email: string): Promise<boolean> {
  const { directory } = accounts.parts;
  // Asked also for accounts that are not there: how long an answer takes does not tell them apart.
  const profile = (await directory.people.findByEmail(email))?.profile?.id ?? NOBODY;
  const sender = senderOf(address);
  for (const kind of ["signed_in", "password_reset"] as const) {
    const entries = await directory.trail.newest(profile, kind, KNOWN_SIGN_INS);
    if (entries.some(({ details }) => senderOf(String(details.address)) === sender)) return true;
  }
  return false;
}

/** No profile has this id. */
const NOBODY = -1 as ProfileId;

function pairOf({ parts }: Accounts, { address }: Visit, email: string): Counter {
  return {
    key: `pair ${email.toLowerCase()} ${senderOf(address)}`,
    free: parts.limits.accountAttemptsFree,
  };
}

/** Counts what one sender tries, at whichever account. */
export function senderCounter({ parts }: Accounts, { address }: Visit): Counter {
  return { key: `sender ${senderOf(address)}`, free: parts.limits.senderAttemptsFree };
}

async function recordFailure(accounts: Accounts, visit: Visit, email: string): Promise<void> {
  const person = await accounts.parts.directory.people.findByEmail(email);
  if (person === undefined) return;
  await accounts.record(person, "sign_in_failed", { method: "password", address: visit.address });
}

/** Whether better-auth refused, and by this of its codes. */
export function isRefusal(error: unknown, code: string): boolean {
  return (error as { readonly body?: { readonly code?: unknown } } | undefined)?.body?.code === code;
}
