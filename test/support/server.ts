import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashToken, makeToken } from "../../src/auth/tokens.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import type { Scope } from "../../src/domain/scopes.ts";
import { type RunningServer, type ServerOptions, startServer } from "../../src/server.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { type Directory, MANUAL_CLIENT_ID } from "../../src/storage/directory.ts";

/** A logger that keeps its lines, for tests that read them. */
export class KeptLog {
  readonly lines: string[] = [];
  readonly #keep = (level: string) => (fields: object, message: string) => {
    this.lines.push(JSON.stringify({ level, ...fields, message }));
  };
  readonly debug = this.#keep("debug");
  readonly info = this.#keep("info");
  readonly warn = this.#keep("warn");
  readonly error = this.#keep("error");
}

export interface TestServer extends AsyncDisposable {
  readonly server: RunningServer;
  readonly origin: string;
  readonly folder: string;
  readonly log: KeptLog;
  /** Makes a token of a user, who is made with it. */
  token(
    scopes: readonly Scope[],
    options?: { readonly user?: string; readonly expiresAt?: number },
  ): Promise<string>;
}

export const READ_AND_WRITE: readonly Scope[] = ["data:heart_rate:read", "data:heart_rate:write"];

/** A real server in this process, on a free port, with a throw-away data folder. */
export async function startTestServer(
  options: Partial<ServerOptions> & {
    readonly environment?: Record<string, string>;
    readonly folder?: string;
  } = {},
): Promise<TestServer> {
  const folder = options.folder ?? throwAwayFolder();
  const log = new KeptLog();
  const settings = readSettings({
    HEARTWIRE_PORT: "0",
    HEARTWIRE_HOST: "127.0.0.1",
    HEARTWIRE_DATA: folder,
    HEARTWIRE_LOG_LEVEL: "debug",
    ...options.environment,
  });
  const server = await startServer({ settings, log, ...options });
  const { directory } = server.storage;
  return {
    server,
    folder,
    log,
    origin: server.url.origin,
    token: (scopes, { user = "me", expiresAt } = {}) => makeTestToken(directory, scopes, user, expiresAt),
    async [Symbol.asyncDispose]() {
      await server.stop();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function makeTestToken(
  directory: Directory,
  scopes: readonly Scope[],
  user: string,
  expiresAt?: number,
): Promise<string> {
  const now = Date.now() as EpochMs;
  const profile = await directory.findOrCreateProfile(user, now);
  const token = makeToken();
  await directory.createToken({
    hash: hashToken(token),
    profile: profile.id,
    clientId: MANUAL_CLIENT_ID,
    scopes,
    createdAt: now,
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt as EpochMs }),
  });
  return token;
}

export function throwAwayFolder(): string {
  return mkdtempSync(join(tmpdir(), "heartwire-test-"));
}

/** Sends one reading as a device does. */
export function write(origin: string, token: string, measuredAt: number, bpm: number): Promise<Response> {
  return fetch(`${origin}/api/v1/data`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ measured_at: measuredAt, data: { heart_rate: bpm } }),
  });
}
