import { hashToken, makeToken } from "../../../src/auth/tokens.ts";
import type { EpochMs } from "../../../src/domain/reading.ts";
import type { Client, NewClient } from "../../../src/storage/clients.ts";
import { bearer } from "../requests.ts";
import type { TestServer } from "../server.ts";
import type { SignedInPerson } from "../signedIn.ts";

export const CALLBACK = "https://app.example/callback";
export const LOOPBACK_CALLBACK = "http://127.0.0.1:53411/callback";
export const HEART_SCOPES = "data:heart_rate:read data:heart_rate:write";

/** A client that somebody registered, and its secret where it has one. */
export interface TestClient extends Client {
  readonly secret: string | undefined;
}

/** Registers an app: a confidential one with one address, unless something else is said. */
export async function newClient(
  { server }: Pick<TestServer, "server">,
  { isPublic = false, ...more }: Partial<NewClient> & { readonly isPublic?: boolean } = {},
): Promise<TestClient> {
  const secret = isPublic ? undefined : makeToken();
  const client = await server.storage.directory.clients.create({
    publicId: crypto.randomUUID(),
    name: "Pulse Wall",
    redirectUris: [CALLBACK],
    implicit: false,
    adopted: false,
    createdAt: Date.now() as EpochMs,
    ...(secret === undefined ? {} : { secretHash: hashToken(secret) }),
    ...more,
  });
  return { ...(client as Client), secret };
}

/** A PKCE pair as an app makes one (RFC 7636 section 4). */
export function newVerifier(): { readonly verifier: string; readonly challenge: string } {
  const verifier = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
  return { verifier, challenge: new Bun.CryptoHasher("sha256").update(verifier).digest("base64url") };
}

/** The query of `/oauth2/authorize`; what is undefined is left out. */
export function authorizationQuery(fields: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined) as [string, string][];
  return new URLSearchParams(given).toString();
}

/** Opens what an app opens. Under an address of this machine the page leads to `localhost` first, as a browser is led. */
export async function openAuthorization(
  { origin }: Pick<TestServer, "origin">,
  query: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const response = await fetch(`${origin}/oauth2/authorize?${query}`, { redirect: "manual", headers });
  if (response.status !== 307) return response;
  return fetch(response.headers.get("location") as string, { redirect: "manual", headers });
}

/** Calls a route of our pages, as that page does. */
export function asPage(
  { origin }: Pick<TestServer, "origin">,
  { token }: Pick<SignedInPerson, "token">,
  path: string,
  body: unknown,
): Promise<Response> {
  return fetch(`${origin}/api/heartwire/v1${path}`, {
    method: "POST",
    headers: { ...bearer(token), "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** A person allows what a query asks for. @returns the address to which the browser goes, or the token on the page */
export async function allow(
  server: TestServer,
  person: Pick<SignedInPerson, "token">,
  query: string,
  more: object = {},
): Promise<{ readonly redirect_to: string; readonly access_token: string }> {
  const response = await asPage(server, person, "/authorizations", { query, allow: true, ...more });
  if (!response.ok) throw new Error(`answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as never;
}

/** Parameters of the address to which an app is sent back. */
export function answerIn(address: string): URLSearchParams {
  const url = new URL(address);
  return new URLSearchParams(url.hash === "" ? url.search : url.hash.slice(1));
}

/** A code that a person has just allowed an app. */
export async function newCode(
  server: TestServer,
  person: Pick<SignedInPerson, "token">,
  client: Pick<Client, "publicId">,
  fields: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const query = authorizationQuery({
    response_type: "code",
    client_id: client.publicId,
    redirect_uri: CALLBACK,
    scope: HEART_SCOPES,
    ...fields,
  });
  return answerIn((await allow(server, person, query)).redirect_to).get("code") as string;
}

export function postForm(
  { origin }: Pick<TestServer, "origin">,
  path: string,
  fields: Readonly<Record<string, string | undefined>> | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${origin}${path}`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: typeof fields === "string" ? fields : authorizationQuery(fields),
  });
}

/** What the token endpoint answered. */
export interface TokenReply {
  readonly status: number;
  readonly body: {
    readonly access_token: string;
    readonly refresh_token: string;
    readonly expires_in: number;
    readonly token_type: string;
    readonly scope?: string;
    readonly error?: string;
    readonly error_description?: string;
  };
}

export async function askToken(
  server: Pick<TestServer, "origin">,
  fields: Readonly<Record<string, string | undefined>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<TokenReply> {
  const response = await postForm(server, "/oauth2/token", fields, headers);
  return { status: response.status, body: (await response.json()) as never };
}

/** An app's id and secret as the fields of a form. */
export function credentialsOf(client: {
  readonly publicId: string;
  readonly secret?: string | undefined;
}): Readonly<Record<string, string | undefined>> {
  return { client_id: client.publicId, client_secret: client.secret };
}

export function redeem(
  server: Pick<TestServer, "origin">,
  client: { readonly publicId: string; readonly secret?: string | undefined },
  code: string,
  fields: Readonly<Record<string, string | undefined>> = {},
): Promise<TokenReply> {
  return askToken(server, {
    grant_type: "authorization_code",
    code,
    redirect_uri: CALLBACK,
    ...credentialsOf(client),
    ...fields,
  });
}

export function refresh(
  server: Pick<TestServer, "origin">,
  client: { readonly publicId: string; readonly secret?: string | undefined },
  refreshToken: string,
  fields: Readonly<Record<string, string | undefined>> = {},
): Promise<TokenReply> {
  return askToken(server, {
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    ...credentialsOf(client),
    ...fields,
  });
}

/** What a token is, by the route that every app asks. */
export async function validated(
  { origin }: Pick<TestServer, "origin">,
  token: string,
): Promise<{ readonly status: number; readonly scopes?: readonly string[] } & Record<string, unknown>> {
  const response = await fetch(`${origin}/api/v1/token/validate`, { headers: bearer(token) });
  return { status: response.status, ...((await response.json()) as object) };
}

/** A code or refresh token that opens nothing; why is not told. */
export const REFUSED_GRANT = {
  status: 400,
  body: {
    error: "invalid_grant",
    error_description: "the code or the refresh token is unknown, used, over, or of another client",
  },
};

/** An unknown app, or a wrong secret: which of them is not told. */
export const REFUSED_CLIENT = {
  status: 401,
  body: { error: "invalid_client", error_description: "the client is unknown or its secret is wrong" },
};
