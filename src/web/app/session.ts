import type { PageToken, Person } from "./answers.ts";
import { ask, askSession, type Method, Refused, read } from "./call.ts";
import { signInAddress } from "./continueTo.ts";

const ACCOUNT_API = "/api/heartwire/v1";

/** A token that has less than this left is not used any more. */
const MARGIN_MS = 60_000;

const SIGNED_OUT = 401;

/** The one place where the page keeps its token: a variable, gone with the page. */
let held: { readonly token: string; readonly endsAt: number; readonly person: Person } | undefined;
let fetching: Promise<void> | undefined;

/** Who is signed in. Whoever is not is led to the sign-in page, and back afterwards; then this never comes back. */
export async function signedInPerson(): Promise<Person> {
  return (await currentToken()).person;
}

/**
 * Asks the API as the person who is signed in.
 *
 * @param path below `/api/heartwire/v1`
 * @throws Refused
 */
export async function api<Answer>(method: Method, path: string, body?: unknown): Promise<Answer> {
  return read(await apiResponse(method, path, body));
}

/** The same, with the answer as it comes. @throws Refused */
export async function apiResponse(method: Method, path: string, body?: unknown): Promise<Response> {
  const { token } = await currentToken();
  const sent = body === undefined ? {} : { body };
  try {
    return await ask(method, `${ACCOUNT_API}${path}`, { ...sent, token });
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== SIGNED_OUT) throw error;
    // The session may have ended elsewhere, or the server begun anew and forgotten its tokens: another one tells.
    held = undefined;
    const { token: next } = await currentToken();
    return await ask(method, `${ACCOUNT_API}${path}`, { ...sent, token: next });
  }
}

/** Leads to the sign-in page, from which one comes back here. */
export function toSignIn(): Promise<never> {
  location.replace(signInAddress(location.pathname + location.search));
  return new Promise(() => {});
}

/** Ends the session of this browser. @throws Refused */
export async function signOut(): Promise<void> {
  await askSession("POST", "sign-out");
  held = undefined;
}

async function currentToken(): Promise<NonNullable<typeof held>> {
  if (held === undefined || held.endsAt - MARGIN_MS < Date.now()) {
    fetching ??= fetchToken().finally(() => {
      fetching = undefined;
    });
    await fetching;
  }
  return held ?? toSignIn();
}

async function fetchToken(): Promise<void> {
  held = undefined;
  try {
    const { access_token, expires_in, person } = await askSession<PageToken>("POST", "token");
    held = { token: access_token, endsAt: Date.now() + expires_in * 1_000, person };
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== SIGNED_OUT) throw error;
  }
}
