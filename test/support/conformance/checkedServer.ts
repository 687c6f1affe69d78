import { rmSync } from "node:fs";
import { join } from "node:path";
import { hashToken, makeToken } from "../../../src/auth/tokens.ts";
import type { ConformanceOptions, Hooks } from "../../../src/conformance/index.ts";
import type { EpochMs } from "../../../src/domain/reading.ts";
import { SCOPES, type Scope } from "../../../src/domain/scopes.ts";
import { FILES } from "../../../src/storage/sqlite/files.ts";
import { SqliteDirectory } from "../../../src/storage/sqlite/sqliteDirectory.ts";
import { freePort } from "../freePort.ts";
import { makeTestToken, startTestServer, type TestServer, throwAwayFolder } from "../server.ts";
import { type SignedInPerson, signIn } from "../signedIn.ts";
import { answerRequest } from "./consenter.ts";
import { changeRoom, newRoom } from "./roomOperator.ts";

const USER = "tester";
const OTHER = "other";
/** Long enough for a busy machine to begin. */
const EXPIRES_IN_MS = 3_000;
const REQUESTS_MAX = 100_000;
const PAGE_MS = 86_400_000;

/** Tokens and rooms that serve every run of the kit. */
type Given = Omit<ConformanceOptions, "base" | "hooks" | "revocableToken" | "expiringToken">;

/** A real server with everything that the kit can be given: tokens, rooms, and an operator who does what hooks ask for. */
export class CheckedServer implements AsyncDisposable {
  readonly #environment: Readonly<Record<string, string>>;
  readonly #folder = throwAwayFolder();
  #running: TestServer | undefined;
  #given: Given | undefined;
  #person: SignedInPerson | undefined;
  /** How far the server's clock is ahead, while time has to pass. */
  #aheadMs = 0;

  private constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = { HEARTWIRE_PORT: String(freePort()), ...environment };
  }

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<CheckedServer> {
    const server = new CheckedServer(environment);
    await server.#start();
    server.#given = await server.#give();
    server.#person = await signIn(server.running, { user: USER });
    return server;
  }

  get origin(): string {
    return this.running.origin;
  }

  get running(): TestServer {
    if (this.#running === undefined) throw new Error("the server is not running");
    return this.#running;
  }

  token(user: string, scopes: readonly Scope[], expiresAt?: number): Promise<string> {
    return makeTestToken(this.running.server.storage.directory, scopes, user, expiresAt);
  }

  /** Everything that the kit can be told of this server; what can be used up is made anew. */
  async options(): Promise<ConformanceOptions> {
    if (this.#given === undefined) throw new Error("nothing is given yet");
    return {
      ...this.#given,
      base: this.origin,
      revocableToken: await this.token(USER, ["data:heart_rate:read", "data:room:read", "widgets:update"]),
      expiringToken: await this.token(
        USER,
        ["data:heart_rate:read", "data:room:read"],
        Date.now() + EXPIRES_IN_MS,
      ),
      hooks: this.hooks,
      whenPassed: async (ms, act) => {
        this.#aheadMs = ms;
        try {
          return await act();
        } finally {
          this.#aheadMs = 0;
        }
      },
    };
  }

  get hooks(): Hooks {
    return {
      revoke: ({ CONFORMANCE_TOKEN }) => this.#revoke(CONFORMANCE_TOKEN ?? ""),
      restart: async () => {
        await this.#stop();
        await this.#start();
      },
      storeFailure: ({ CONFORMANCE_STEP }) => this.#failReadings(CONFORMANCE_STEP === "begin"),
      tokenStoreFailure: ({ CONFORMANCE_STEP }) => this.#failTokens(CONFORMANCE_STEP === "begin"),
      roomChange: async (details) =>
        changeRoom(this.origin, details, {
          owner: await this.token(USER, SCOPES),
          member: await this.token(OTHER, SCOPES),
        }),
      authorize: (details) => answerRequest(details, this.pageToken()),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    this.#running = await startTestServer({
      folder: this.#folder,
      environment: { ...this.#environment },
      // Runs of many kits ask for more than one app does.
      limits: {
        deviceRequestsPerMinuteMax: REQUESTS_MAX,
        revocationsPerMinuteMax: REQUESTS_MAX,
        devicesPerClientMax: REQUESTS_MAX,
      },
      clock: () => (Date.now() + this.#aheadMs) as EpochMs,
    });
  }

  async #stop(): Promise<void> {
    await this.#running?.[Symbol.asyncDispose]();
    this.#running = undefined;
  }

  async #give(): Promise<Given> {
    const owner = await this.token(USER, SCOPES);
    const other = await this.token(OTHER, SCOPES);
    const clientSecret = makeToken();
    const clientId = await this.#client(clientSecret);
    return {
      readToken: await this.token(USER, ["data:heart_rate:read"]),
      writeToken: await this.token(USER, ["data:heart_rate:write"]),
      tokens: [
        owner,
        await this.token(USER, ["widgets:update"]),
        await this.token(USER, ["widgets:read"]),
        other,
      ],
      expiredToken: await this.token(USER, SCOPES, Date.now() - 1_000),
      emptyToken: await this.token("empty", ["data:heart_rate:read", "data:statistics:read", "profile:read"]),
      serverToken: await this.#serverToken(clientId, clientSecret),
      room: await newRoom(this.origin, owner),
      otherRoom: await newRoom(this.origin, other),
      clientId,
      clientSecret,
      publicClientId: await this.#client(),
    };
  }

  /** The token of an app itself, which stands for no user. */
  async #serverToken(clientId: string, clientSecret: string): Promise<string> {
    const response = await fetch(`${this.origin}/oauth2/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials", scope: "data:heart_rate:read" }),
    });
    return ((await response.json()) as { readonly access_token: string }).access_token;
  }

  /** Registers an app. @returns its id */
  async #client(secret?: string): Promise<string> {
    const publicId = makeToken();
    await this.running.server.storage.directory.clients.create({
      publicId,
      name: secret === undefined ? "A desktop app" : "A web app",
      redirectUris: ["http://127.0.0.1/callback"],
      implicit: true,
      adopted: false,
      createdAt: Date.now() as EpochMs,
      ...(secret === undefined ? {} : { secretHash: hashToken(secret) }),
    });
    return publicId;
  }

  /** The token that a page of the signed-in user has: it lives for ten minutes, and not beyond a restart. */
  pageToken(): string {
    if (this.#person === undefined) throw new Error("nobody is signed in");
    const { person, sessionId, profile } = this.#person;
    const now = Date.now() as EpochMs;
    const expiresAt = (now + PAGE_MS) as EpochMs;
    const session = { sessionId, person, profile, signedInAt: now, expiresAt };
    return this.running.server.context.sessionTokens.issue(session, now).token;
  }

  /** As the command line does it, beside the running server. */
  async #revoke(token: string): Promise<void> {
    const directory = await SqliteDirectory.open(join(this.#folder, FILES.control));
    const { id } = (await directory.findToken(hashToken(token))) ?? { id: 0 };
    const isRevoked = await directory.revokeToken(id, Date.now() as EpochMs);
    await directory.close();
    if (!isRevoked) throw new Error("there is no such token");
  }

  #failReadings(fails: boolean): void {
    const { readings } = this.running.server.storage;
    // Taking the faulty methods away brings back those of the class.
    if (fails) Object.assign(readings, { append: fault, latest: fault });
    else for (const name of ["append", "latest"]) Reflect.deleteProperty(readings, name);
  }

  #failTokens(fails: boolean): void {
    const { directory } = this.running.server.storage;
    if (fails) Object.assign(directory, { findToken: fault });
    else Reflect.deleteProperty(directory, "findToken");
  }
}

function fault(): Promise<never> {
  return Promise.reject(new Error("the disk is away"));
}
