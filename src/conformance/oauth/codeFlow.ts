import type { Answer } from "../client/answer.ts";
import { Mismatch } from "../expectations.ts";
import type { Kit } from "../kit.ts";
import { PATHS } from "../routes.ts";
import type { Arrival } from "./callback.ts";
import { callbackOf, consent, inQuery, newProof, type Parameters, type Proof } from "./consent.ts";
import { askToken, type Client, clientOf, inForm, publicClientOf } from "./forms.ts";

/** A code that the test user allowed, and what its client has to show with it. */
export interface Allowed {
  readonly client: Client;
  readonly arrival: Arrival;
  readonly code: string;
  readonly redirectUri: string;
  /** Absent where the client made none up. */
  readonly proof?: Proof;
}

/** Has the test user allow an app something. @throws Mismatch where no code comes of it */
export async function allow(
  kit: Kit,
  client: Client,
  parameters: Parameters = {},
  proof?: Proof,
): Promise<Allowed> {
  const arrival = await consent(kit, client, { ...parameters, ...proof?.parameters });
  const code = inQuery(arrival).get("code") ?? "";
  if (code === "") throw new Mismatch("a code in the query", described(arrival));
  const { redirectUri } = await callbackOf(kit);
  return { client, arrival, code, redirectUri, ...(proof === undefined ? {} : { proof }) };
}

/** The same for the client without a secret, which has to prove itself (RFC 7636). */
export function allowPublic(kit: Kit): Promise<Allowed> {
  return allow(kit, publicClientOf(kit), {}, newProof());
}

/** Names what arrived without its values, which may be secrets. */
export function described({ query, fragment }: Arrival): string {
  const names = (text: string) => [...new URLSearchParams(text).keys()].join(", ") || "nothing";
  const error = new URLSearchParams(query || fragment).get("error");
  return `${names(query)} in the query and ${names(fragment)} in the fragment${error === null ? "" : `, error ${error}`}`;
}

/** Redeems a code as its client should. @param changes what is wrong with it; undefined leaves a field out */
export function redeem(
  kit: Kit,
  { client, code, redirectUri, proof }: Allowed,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Answer> {
  const fields = {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    ...inForm(client),
    ...(proof === undefined ? {} : { code_verifier: proof.verifier }),
    ...changes,
  };
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return askToken(kit, given);
}

/** Uses a refresh token as its client should. */
export function refresh(
  kit: Kit,
  refreshToken: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return askToken(kit, {
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    ...inForm(clientOf(kit)),
    ...more,
  });
}

/** Asks what a token is. */
export function validate(kit: Kit, token: string): Promise<Answer> {
  return kit.ask({ path: PATHS.validate, token });
}
