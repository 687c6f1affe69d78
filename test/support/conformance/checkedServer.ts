import { Database } from "bun:sqlite";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { hashToken } from "../../../src/auth/tokens.ts";
import type { ConformanceOptions, Hooks } from "../../../src/conformance/index.ts";
import type { EpochMs } from "../../../src/domain/reading.ts";
import { SCOPES, type Scope } from "../../../src/domain/scopes.ts";
import { FILES } from "../../../src/storage/sqlite/files.ts";
import { SqliteDirectory } from "../../../src/storage/sqlite/sqliteDirectory.ts";
import { freePort } from "../freePort.ts";
import { makeTestToken, startTestServer, type TestServer, throwAwayFolder } from "../server.ts";
import { changeRoom, newRoom } from "./roomOperator.ts";

const USER = "tester";
const OTHER = "other";
/** Long enough for a busy machine to begin. */
const EXPIRES_IN_MS = 3_000;
const BUSY_TIMEOUT_MS = 5_000;

/** Tokens and rooms that serve every run of the kit. */
type Given = Omit<ConformanceOptions, "base" | "hooks" | "revocableToken" | "expiringToken">;

/** A real server with everything that the kit can be given: tokens, rooms, and an operator who does what hooks ask for. */
export class CheckedServer implements AsyncDisposable {
  readonly #environment: Readonly<Record<string, string>>;
  readonly #folder = throwAwayFolder();
  #running: TestServer | undefined;
  #given: Given | undefined;

  private constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = { HEARTWIRE_PORT: String(freePort()), ...environment };
  }

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<CheckedServer> {
    const server = new CheckedServer(environment);
    await server.#start();
    server.#given = await server.#give();
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
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    this.#running = await startTestServer({ folder: this.#folder, environment: { ...this.#environment } });
  }

  async #stop(): Promise<void> {
    await this.#running?.[Symbol.asyncDispose]();
    this.#running = undefined;
  }

  async #give(): Promise<Given> {
    const owner = await this.token(USER, SCOPES);
    const other = await this.token(OTHER, SCOPES);
    const serverToken = await this.token("server", ["data:heart_rate:read"]);
    this.#makeServerToken(serverToken);
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
      serverToken,
      room: await newRoom(this.origin, owner),
      otherRoom: await newRoom(this.origin, other),
    };
  }

  /** The token of a server stands for no user; nothing makes one yet, but the store has a place for it. */
  #makeServerToken(token: string): void {
    using database = new Database(join(this.#folder, FILES.control));
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    database.run("UPDATE access_token SET profile_id = NULL WHERE hash = ?", [hashToken(token)]);
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
