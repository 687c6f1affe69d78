import { hashToken, makeToken } from "../../src/auth/tokens.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import type { Scope } from "../../src/domain/scopes.ts";
import type { Client } from "../../src/storage/clients.ts";
import { bearer } from "./requests.ts";
import type { TestServer } from "./server.ts";
import type { SignedInPerson } from "./signedIn.ts";

export const ACCOUNT = "/api/heartwire/v1/account";

/** Asks as a page does. @param path below the account's own */
export function askAccount(
  { origin }: Pick<TestServer, "origin">,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  return fetch(`${origin}${ACCOUNT}${path}`, {
    method,
    headers: bearer(token),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** The same, of which the answer is read. @throws Error when it is refused */
export async function readAccount<Answer>(
  server: Pick<TestServer, "origin">,
  token: string,
  path: string,
  method = "GET",
  body?: unknown,
): Promise<Answer> {
  const response = await askAccount(server, token, method, path, body);
  if (response.status !== 200) throw new Error(`answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

export interface TrailAnswer {
  readonly entries: readonly {
    readonly id: number;
    readonly at: number;
    readonly kind: string;
    readonly details: Readonly<Record<string, unknown>>;
  }[];
  readonly more: boolean;
}

/** The kinds of what happened to an account, newest first. */
export async function kindsOf(server: Pick<TestServer, "origin">, token: string): Promise<readonly string[]> {
  const { entries } = await readAccount<TrailAnswer>(server, token, "/activity?count=200");
  return entries.map(({ kind }) => kind);
}

/** Registers an app of somebody, or of nobody. */
export async function newClient(
  { server }: Pick<TestServer, "server">,
  {
    owner,
    adopted = false,
    name = "Zone Watcher",
  }: { owner?: SignedInPerson; adopted?: boolean; name?: string } = {},
): Promise<Client> {
  const made = await server.storage.directory.clients.create({
    publicId: crypto.randomUUID(),
    name,
    redirectUris: ["https://zones.example/callback"],
    implicit: false,
    adopted,
    createdAt: Date.now() as EpochMs,
    ...(owner === undefined ? {} : { owner: owner.profile.id }),
  });
  return made as Client;
}

/** Lets an app in, as the authorization server does. @returns its access token */
export async function connect(
  { server }: Pick<TestServer, "server">,
  person: Pick<SignedInPerson, "profile">,
  client: Client,
  scopes: readonly Scope[] = ["data:heart_rate:read", "data:heart_rate:write"],
  now = Date.now(),
): Promise<string> {
  const token = makeToken();
  await server.storage.directory.grants.create(
    {
      client: client.id,
      profile: person.profile.id,
      kind: "code",
      scopes,
      createdAt: now as EpochMs,
    },
    {
      accessHash: hashToken(token),
      accessExpiresAt: (now + 3_600_000) as EpochMs,
      refresh: { hash: hashToken(makeToken()), expiresAt: (now + 86_400_000) as EpochMs },
    },
  );
  return token;
}
