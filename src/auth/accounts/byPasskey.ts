import { senderOf } from "../sender.ts";
import { AccountRefused } from "./accountRefused.ts";
import type { Accounts } from "./accounts.ts";
import type { Counter } from "./attempts.ts";
import { isRefusal, senderCounter } from "./byPassword.ts";
import { type Entered, enter } from "./entering.ts";
import type { Visit } from "./visit.ts";

/** Options of a WebAuthn ceremony, and the cookie that binds it to this browser for five minutes. */
export interface Ceremony {
  readonly options: Readonly<Record<string, unknown>>;
  readonly cookies: readonly string[];
}

/** Begins a sign-in by passkey. */
export async function askForPasskey(accounts: Accounts, visit: Visit): Promise<Ceremony> {
  accounts.attempts.begin([ceremonyCounter(accounts, visit)]);
  const auth = await requireRoom(accounts, visit.origin);
  const { headers, response } = await auth.api.generatePasskeyAuthenticationOptions({
    // Without the session: which passkeys somebody has is shown to nobody.
    headers: await accounts.headers({ ...visit, cookie: null }),
    returnHeaders: true,
  });
  return {
    options: { ...response, userVerification: "required" },
    cookies: headers.getSetCookie(),
  };
}

/** @throws AccountRefused when the passkey is unknown here, or what it signed is not what was asked for */
export async function signInByPasskey(
  accounts: Accounts,
  visit: Visit,
  response: Readonly<Record<string, unknown>>,
): Promise<Entered> {
  const attempt = accounts.attempts.begin([senderCounter(accounts, visit)]);
  const auth = await accounts.at(visit.origin);
  try {
    const { headers } = await auth.api.verifyPasskeyAuthentication({
      // Looked at by better-auth, which knows what a response is made of.
      body: { response: response as never },
      headers: await accounts.headers(visit),
      returnHeaders: true,
    });
    const setCookies = headers.getSetCookie();
    const entered = await enter(accounts, visit, setCookies, "passkey");
    attempt.succeeded([ceremonyCounter(accounts, visit)]);
    return entered;
  } catch (error) {
    const refusal = asRefusal(error, "unknown passkey");
    if (refusal instanceof AccountRefused && refusal.reason === "unknown passkey") {
      void recordFailure(accounts, visit, response.id).catch(accounts.parts.report);
    }
    throw refusal;
  }
}

/** In the trail of whoever has the passkey, where somebody has it. */
async function recordFailure(accounts: Accounts, visit: Visit, credentialId: unknown): Promise<void> {
  const { adapter } = await (await accounts.at(visit.origin)).$context;
  const passkey = await adapter.findOne<{ readonly userId: string }>({
    model: "passkey",
    where: [{ field: "credentialID", value: String(credentialId) }],
  });
  const person = passkey === null ? undefined : await accounts.parts.directory.people.find(passkey.userId);
  if (person === undefined) return;
  await accounts.record(person, "sign_in_failed", { method: "passkey", address: visit.address });
}

/** Begins to add a passkey to whoever has just signed in. */
export async function askForNewPasskey(accounts: Accounts, visit: Visit): Promise<Ceremony> {
  const session = await accounts.requireFresh(visit);
  accounts.attempts.begin([ceremonyCounter(accounts, visit)]);
  const auth = await requireRoom(accounts, visit.origin);
  const { adapter } = await auth.$context;
  const held = await adapter.count({
    model: "passkey",
    where: [{ field: "userId", value: session.person.id }],
  });
  if (held >= accounts.parts.limits.passkeysMax) throw new AccountRefused("too many passkeys");
  const { headers, response } = await auth.api.generatePasskeyRegistrationOptions({
    headers: await accounts.headers(visit),
    query: {},
    returnHeaders: true,
  });
  return { options: { ...response }, cookies: headers.getSetCookie() };
}

/** @returns what the browser is to keep, as `Set-Cookie` headers */
export async function addPasskey(
  accounts: Accounts,
  visit: Visit,
  { name, response }: { readonly name: string; readonly response: Readonly<Record<string, unknown>> },
): Promise<void> {
  const session = await accounts.requireFresh(visit);
  const auth = await accounts.at(visit.origin);
  try {
    await auth.api.verifyPasskeyRegistration({
      body: { name, response },
      headers: await accounts.headers(visit),
    });
  } catch (error) {
    throw asRefusal(error, "no ceremony");
  }
  accounts.attempts.begin([ceremonyCounter(accounts, visit)]).succeeded([ceremonyCounter(accounts, visit)]);
  await accounts.record(session.person, "passkey_added", { name, address: visit.address });
}

/** What better-auth says of a ceremony that did not work out; what is no word of its own is a fault of ours. */
function asRefusal(error: unknown, reason: "unknown passkey" | "no ceremony"): unknown {
  if (isRefusal(error, "CHALLENGE_NOT_FOUND")) return new AccountRefused("no ceremony", { cause: error });
  const isWord = (error as { readonly body?: unknown } | undefined)?.body !== undefined;
  return isWord ? new AccountRefused(reason, { cause: error }) : error;
}

export function ceremonyCounter({ parts }: Accounts, { address }: Visit): Counter {
  return { key: `ceremony ${senderOf(address)}`, free: parts.limits.ceremoniesFree };
}

/** Anybody can begin a ceremony, and each is a row until it is over. */
async function requireRoom(accounts: Accounts, origin: string) {
  const auth = await accounts.at(origin);
  const { adapter } = await auth.$context;
  const now = new Date(accounts.parts.clock());
  await adapter.deleteMany({
    model: "verification",
    where: [{ field: "expiresAt", operator: "lte", value: now }],
  });
  if ((await adapter.count({ model: "verification" })) >= accounts.parts.limits.ceremoniesMax) {
    throw new AccountRefused("too many waiting");
  }
  return auth;
}
