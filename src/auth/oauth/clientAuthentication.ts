import { timingSafeEqual } from "node:crypto";
import { isUuid } from "../../domain/uuid.ts";
import type { Client, Clients } from "../../storage/clients.ts";
import { hashToken } from "../tokens.ts";
import type { Parameters } from "./parameters.ts";
import { OAuthRefused } from "./refusal.ts";

/** What an app shows of itself at the token endpoint: its id, and its secret where it has one. */
export interface ShownCredentials {
  readonly clientId: string;
  readonly secret?: string;
}

export type CredentialParameters = Parameters<"client_id" | "client_secret">;

/**
 * Reads an app's id and secret, by HTTP Basic or from the form, never from both (RFC 6749 section 2.3). What else stands in the
 * Authorization header, a bearer token for example, is none of these, and is not looked at.
 *
 * @throws OAuthRefused
 */
export function readCredentials(
  authorization: string | null,
  { client_id: clientId, client_secret: secret }: CredentialParameters,
): ShownCredentials {
  if (authorization === null || !/^basic(?: |$)/i.test(authorization)) {
    if (clientId === undefined) throw new OAuthRefused("malformed", "client_id: expected a value");
    return { clientId, ...(secret === undefined ? {} : { secret }) };
  }
  const basic = readBasic(authorization);
  if (secret !== undefined) {
    throw new OAuthRefused("malformed", "client_secret: expected in the header or in the form, not in both");
  }
  if (clientId !== undefined && clientId !== basic.clientId) {
    throw new OAuthRefused("malformed", "client_id: expected the same as in the Authorization header");
  }
  return basic;
}

/** Both parts are encoded as a form's values are, before they are joined (RFC 6749 section 2.3.1). */
function readBasic(authorization: string): ShownCredentials {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? [];
  const joined = encoded === undefined ? "" : Buffer.from(encoded, "base64").toString("utf8");
  const colon = joined.indexOf(":");
  const clientId = colon < 0 ? undefined : formDecoded(joined.slice(0, colon));
  const secret = colon < 0 ? undefined : formDecoded(joined.slice(colon + 1));
  if (clientId === undefined || secret === undefined) throw new OAuthRefused("clientRefused");
  return { clientId, ...(secret === "" ? {} : { secret }) };
}

function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/** An app that is known, and what it showed. */
export interface ShownClient {
  readonly client: Client;
  /** SHA-256 of a secret that an adopted app showed: nobody can say yet whether it is its own (see pinnedSecret.ts). */
  readonly unverifiedSecretHash?: string;
}

/**
 * Finds out which app asks. One with a secret must show it; an unknown one and a wrong secret are answered alike.
 *
 * @throws OAuthRefused clientRefused
 */
export async function authenticateClient(
  clients: Pick<Clients, "find">,
  { clientId, secret }: ShownCredentials,
): Promise<ShownClient> {
  const client = isUuid(clientId) ? await clients.find(clientId.toLowerCase()) : undefined;
  if (client === undefined) throw new OAuthRefused("clientRefused");
  const shown = secret === undefined ? undefined : hashSecret(secret);
  if (client.adopted) return { client, ...(shown === undefined ? {} : { unverifiedSecretHash: shown }) };
  if (!isSameSecret(shown, client.secretHash)) throw new OAuthRefused("clientRefused");
  return { client };
}

/**
 * A device shows no secret, also where its app has one (section 8 of the wire text). One that is shown all the same must be right,
 * but for an adopted app, whose secret nobody here knows.
 *
 * @throws OAuthRefused clientRefused
 */
export async function refuseWrongSecret(
  clients: Pick<Clients, "find">,
  { clientId, secret }: ShownCredentials,
): Promise<void> {
  if (secret === undefined || !isUuid(clientId)) return;
  const client = await clients.find(clientId.toLowerCase());
  if (client === undefined || client.adopted) return;
  if (!isSameSecret(hashSecret(secret), client.secretHash)) throw new OAuthRefused("clientRefused");
}

/** {@link authenticateClient} for what only an app with a secret may do. @throws OAuthRefused clientRefused */
export async function authenticateConfidential(
  clients: Pick<Clients, "find">,
  credentials: ShownCredentials,
): Promise<Client> {
  const { client } = await authenticateClient(clients, credentials);
  if (client.secretHash === undefined) throw new OAuthRefused("clientRefused");
  return client;
}

/** The form in which a secret is kept and compared. */
export function hashSecret(secret: string): string {
  return isUuid(secret) ? hashToken(secret) : Bun.SHA256.hash(secret, "hex");
}

/** Takes the same time wherever two hashes differ. An app without a secret shows none: a wrong one would be a guess. */
export function isSameSecret(shown: string | undefined, kept: string | undefined): boolean {
  if (shown === undefined || kept === undefined) return shown === kept;
  return timingSafeEqual(Buffer.from(shown, "hex"), Buffer.from(kept, "hex"));
}
