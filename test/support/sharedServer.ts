import { afterAll, beforeAll } from "bun:test";
import type { EpochMs, Reading } from "../../src/domain/reading.ts";
import type { Scope } from "../../src/domain/scopes.ts";
import { READ_AND_WRITE, startTestServer, type TestServer } from "./server.ts";

type Options = Parameters<typeof startTestServer>[0];

/** A server for all tests of a file; they stay apart by having users of their own. */
export function sharedServer(options: Options = {}): () => TestServer {
  let server: TestServer | undefined;
  beforeAll(async () => {
    server = await startTestServer(options);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  return () => server as TestServer;
}

/** A token of a user whom nobody else is. */
export function newUserToken(
  server: TestServer,
  { scopes = READ_AND_WRITE, expiresAt }: { scopes?: readonly Scope[]; expiresAt?: number } = {},
): Promise<string> {
  const user = crypto.randomUUID();
  return server.token(scopes, expiresAt === undefined ? { user } : { user, expiresAt });
}

/** A user's readings as they lie in the store, oldest first by claimed time. */
export async function storedReadings(
  { server }: TestServer,
  user: string,
): Promise<readonly (Reading & { readonly sequence?: number })[]> {
  const { directory, readings } = server.storage;
  const profile = await directory.findProfile(user);
  if (profile === undefined) throw new Error(`there is no user ${user}`);
  const everything = { from: 0 as EpochMs, to: Number.MAX_SAFE_INTEGER as EpochMs };
  return await readings.read(profile.id, everything, 1_000_000);
}
