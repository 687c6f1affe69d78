import { createHash, randomBytes } from "node:crypto";
import { expectThat } from "../expectations.ts";
import type { Kit } from "../kit.ts";
import { PATHS } from "../routes.ts";
import { type Arrival, Callback } from "./callback.ts";
import type { Client } from "./forms.ts";

/** Every character that a client has to encode, and none that RFC 6749 appendix A.5 does not allow. */
export const STATE = "a b+c/d=e&f%25g#h?i";

/** What a client puts into the address of an authorization request, beside what every one has. */
export type Parameters = Readonly<Record<string, string>>;

/** The redirect address, which is opened once in a run. */
export function callbackOf(kit: Kit): Promise<Callback> {
  return kit.once("callback", async () => {
    const callback = await Callback.open(kit.options.callbackPort ?? 0);
    kit.shared.closing.push(callback);
    return callback;
  });
}

/** The query of an authorization request (RFC 6749 section 4.1.1). */
export function requestOf(client: Client, redirectUri: string, parameters: Parameters): URLSearchParams {
  return new URLSearchParams({
    response_type: "code",
    client_id: client.id,
    redirect_uri: redirectUri,
    scope: "data:heart_rate:read",
    state: STATE,
    ...parameters,
  });
}

/**
 * Has the test user answer an authorization request.
 *
 * @returns what the browser brought to the redirect address
 * @throws Mismatch when the hook fails; NoAnswer when no browser comes
 */
export async function consent(
  kit: Kit,
  client: Client,
  parameters: Parameters,
  step: "allow" | "deny" = "allow",
): Promise<Arrival> {
  const callback = await callbackOf(kit);
  const query = requestOf(client, callback.redirectUri, parameters);
  callback.forget();
  await open(kit, addressOf(kit, `${PATHS.authorize}?${query}`), step);
  const arrival = await callback.arrival(kit.target.answerTimeoutMs);
  for (const text of [arrival.query, arrival.fragment]) {
    for (const name of ["code", "access_token"]) {
      const secret = new URLSearchParams(text).get(name);
      if (secret !== null) kit.shared.issued.add(secret);
    }
  }
  return arrival;
}

/** Has the test user open an address and answer what it asks. @throws Mismatch when the hook fails */
export function open(kit: Kit, address: string, step: "allow" | "deny"): Promise<void> {
  const details = { CONFORMANCE_URL: address, CONFORMANCE_STEP: step };
  return kit.runHook("authorize", kit.options.hooks?.authorize, details);
}

/** The address of a path on the server under test, which may be below a folder. */
function addressOf({ target }: Kit, path: string): string {
  return `${target.base.origin}${target.base.pathname.replace(/\/$/, "")}${path}`;
}

/** The parameters that came with a browser: of the query for a code, of the fragment for a token. */
export function inQuery({ query }: Arrival): URLSearchParams {
  return new URLSearchParams(query);
}

export function inFragment({ fragment }: Arrival): URLSearchParams {
  return new URLSearchParams(fragment);
}

/** @throws Mismatch unless the state came back as it was sent */
export function expectState(parameters: URLSearchParams): void {
  const state = parameters.get("state");
  expectThat(state === STATE, `the state ${JSON.stringify(STATE)}`, JSON.stringify(state) ?? "none");
}

/** A secret that a client makes up for one authorization request (RFC 7636 section 4.1), and what it shows of it. */
export interface Proof {
  readonly verifier: string;
  readonly parameters: Parameters;
}

export function newProof(): Proof {
  const verifier = randomBytes(32).toString("base64url");
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  return { verifier, parameters: { code_challenge: challenge, code_challenge_method: "S256" } };
}
