import { CHALLENGE_METHOD, isCodeChallenge } from "../../domain/pkce.ts";
import type { Client } from "../../storage/clients.ts";
import { type KnownApp, lookUpApp } from "./app.ts";
import { type Parameters, takeParameters } from "./parameters.ts";
import type { OAuthParts } from "./parts.ts";
import { type AnswerPlace, type Redirect, readRedirect } from "./redirect.ts";
import { OAuthRefused } from "./refusal.ts";
import { type RequestedScopes, scopesOfPerson } from "./requestedScopes.ts";

const NAMES = [
  "client_id",
  "redirect_uri",
  "response_type",
  "response_mode",
  "scope",
  "state",
  "code_challenge",
  "code_challenge_method",
] as const;

export type AuthorizationParameters = Parameters<(typeof NAMES)[number]>;

/** What an app asks a person for (RFC 6749 section 4.1.1), after every check. */
export interface AuthorizationRequest extends RequestedScopes {
  readonly app: KnownApp;
  /** Absent for a token that is shown on a page. */
  readonly redirect?: Redirect;
  /** By which the person's answer comes back. */
  readonly response: "code" | "token" | "web_page";
  readonly state?: string;
  readonly codeChallenge?: string;
}

/** A request that is refused before anybody is asked. */
export interface RefusedAuthorization {
  readonly refusal: OAuthRefused;
  /** Where the app hears of it; absent where no address can be trusted, and the person is told instead. */
  readonly redirect?: Redirect;
  readonly place: AnswerPlace;
  readonly state?: string;
}

/**
 * Checks what an app asks for. Who asks and where the answer goes comes first: until both are known, nobody is sent anywhere
 * (RFC 6749 section 4.1.2.1, RFC 9700 section 4.11).
 *
 * @param mayAdopt whether an app that is not known here may ask all the same
 */
export async function readAuthorization(
  parts: Pick<OAuthParts, "directory">,
  query: URLSearchParams,
  mayAdopt: boolean,
): Promise<AuthorizationRequest | RefusedAuthorization> {
  const place: AnswerPlace = query.get("response_type") === "token" ? "fragment" : "query";
  let redirect: Redirect | undefined;
  const state = query.getAll("state").length === 1 ? query.get("state") || undefined : undefined;
  const back = state === undefined ? { place } : { place, state };
  try {
    const who = takeParameters(query, ["client_id", "redirect_uri", "response_mode"]);
    const app = await lookUpApp(parts, who.client_id, mayAdopt);
    const isPage = who.response_mode === "web_page";
    redirect = readRedirect(app, who.redirect_uri, isPage);
    const parameters = takeParameters(query, NAMES);
    const response = readResponse(parameters, app);
    const codeChallenge = response === "code" ? readChallenge(parameters, app) : undefined;
    return {
      app,
      response,
      ...scopesOfPerson(parameters.scope),
      ...(redirect === undefined ? {} : { redirect }),
      ...(state === undefined ? {} : { state }),
      ...(codeChallenge === undefined ? {} : { codeChallenge }),
    };
  } catch (refusal) {
    if (!(refusal instanceof OAuthRefused)) throw refusal;
    return redirect === undefined ? { refusal, place } : { refusal, redirect, ...back };
  }
}

/** A token in the answer itself is switched on for each app (RFC 9700 section 2.1.2 advises against it). */
function readResponse(
  { response_type: type, response_mode: mode }: AuthorizationParameters,
  { implicit }: KnownApp,
): "code" | "token" | "web_page" {
  if (type === undefined) throw new OAuthRefused("malformed", "response_type: expected code or token");
  if (type !== "code" && type !== "token") throw new OAuthRefused("responseTypeUnsupported");
  if (type === "token" && !implicit) {
    throw new OAuthRefused(
      "clientUnauthorized",
      "response_type: the implicit grant is not switched on for this app",
    );
  }
  if (mode === undefined || mode === (type === "code" ? "query" : "fragment")) return type;
  if (type === "token" && mode === "web_page") return "web_page";
  throw new OAuthRefused(
    "malformed",
    "response_mode: expected query for a code, fragment or web_page for a token",
  );
}

/**
 * Whoever cannot keep a secret proves by PKCE that it is who asked (RFC 9700 section 2.1.1). Apps that were made for Pulsoid know
 * nothing of it: an adopted one may do without, on an address of the person's own machine.
 */
function readChallenge(
  { code_challenge: challenge, code_challenge_method: method }: AuthorizationParameters,
  { client, isVerified }: KnownApp,
): string | undefined {
  if (challenge === undefined) {
    if (method !== undefined) throw new OAuthRefused("malformed", "code_challenge: expected a value");
    if (isVerified && !hasSecret(client)) {
      throw new OAuthRefused(
        "malformed",
        "code_challenge: expected one, because this app has no secret (PKCE)",
      );
    }
    return undefined;
  }
  // Without a method it would be "plain" (RFC 7636 section 4.3).
  if (method !== CHALLENGE_METHOD)
    throw new OAuthRefused("malformed", "code_challenge_method: expected S256");
  if (!isCodeChallenge(challenge)) {
    throw new OAuthRefused("malformed", "code_challenge: expected the SHA-256 of the verifier in base64url");
  }
  return challenge;
}

function hasSecret(client: Client | undefined): boolean {
  return client?.secretHash !== undefined;
}
