import { isUuid } from "../../domain/uuid.ts";
import type { Client } from "../../storage/clients.ts";
import { MANUAL_CLIENT_ID } from "../../storage/directory.ts";
import { PAGES_CLIENT_ID } from "../sessionTokens.ts";
import type { OAuthParts } from "./parts.ts";
import { OAuthRefused } from "./refusal.ts";

/** An app that asks a person: known here, or with an id that Pulsoid gave it. */
export interface KnownApp {
  readonly clientId: string;
  readonly name: string;
  /** Absent for one that nobody let in yet. */
  readonly client?: Client;
  /** Whether somebody here registered it. */
  readonly isVerified: boolean;
  readonly implicit: boolean;
  readonly redirectUris: readonly string[];
}

/** Ids under which the tokens of our pages and those made by hand stand: no app may go by them. */
const OWN_IDS: readonly string[] = [PAGES_CLIENT_ID, MANUAL_CLIENT_ID];

/** How an app is called that nobody here knows. */
export function nameOfUnknown(clientId: string): string {
  return `Unverified app ${clientId.slice(0, 8)}`;
}

/**
 * Finds the app of a client id. One that is not known, or known by adoption alone, may ask only where adoption is allowed.
 *
 * @throws OAuthRefused malformed
 */
export async function lookUpApp(
  { directory }: Pick<OAuthParts, "directory">,
  given: string | undefined,
  mayAdopt: boolean,
): Promise<KnownApp> {
  if (given === undefined) throw new OAuthRefused("malformed", "client_id: expected a value");
  const clientId = given.toLowerCase();
  const client = isUuid(clientId) ? await directory.clients.find(clientId) : undefined;
  if (client !== undefined && !client.adopted) {
    const { name, implicit, redirectUris } = client;
    return { clientId, name, client, isVerified: true, implicit, redirectUris };
  }
  if (!mayAdopt || !isUuid(clientId) || OWN_IDS.includes(clientId)) {
    throw new OAuthRefused("malformed", "client_id: no app of this id is known here");
  }
  return {
    clientId,
    name: client?.name ?? nameOfUnknown(clientId),
    isVerified: false,
    implicit: true,
    redirectUris: [],
    ...(client === undefined ? {} : { client }),
  };
}

/** The client of an app that a person lets in; it is registered now where it was not known. */
export async function clientOf(
  { directory, clock }: Pick<OAuthParts, "directory" | "clock">,
  { client, clientId, name }: KnownApp,
): Promise<Client> {
  return client ?? directory.clients.adopt(clientId, name, clock());
}
