import { createApp } from "../../src/api/app.ts";
import type { Context } from "../../src/api/context.ts";
import { FaultLog } from "../../src/api/faultLog.ts";
import { LiveSockets } from "../../src/api/liveSockets.ts";
import { ResponseCounts } from "../../src/api/responseCounts.ts";
import { empty } from "../../src/api/responses.ts";
import { RoomFeeds } from "../../src/api/rooms/roomFeeds.ts";
import { SharedAnswers } from "../../src/api/sharedAnswers.ts";
import { Accounts } from "../../src/auth/accounts/accounts.ts";
import { authorise } from "../../src/auth/bearer.ts";
import { AppRequests } from "../../src/auth/oauth/appRequests.ts";
import { SessionTokens } from "../../src/auth/sessionTokens.ts";
import { TokenVerifier } from "../../src/auth/tokens.ts";
import { UseCounts } from "../../src/auth/useCounts.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import { Ingest } from "../../src/ingest/ingest.ts";
import { MemoryBus } from "../../src/live/memoryBus.ts";
import { DEFAULT_LIMITS } from "../../src/settings/limits.ts";
import { readSettings } from "../../src/settings/settings.ts";
import type { Appended, ReadingStore } from "../../src/storage/readingStore.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";

/**
 * Some of the steps of a write and no more, to see what each costs. Arguments: the port, the file of users and tokens,
 * and how far it goes: `answer`, `token`, or `all but the store`.
 */
const [port, controlFile, stage] = process.argv.slice(2) as [string, string, string];
const directory = await SqliteDirectory.open(controlFile);
const verifier = new TokenVerifier(directory, DEFAULT_LIMITS.cachedTokensMax, new SessionTokens(0));
const clock = () => Date.now() as EpochMs;
const demand = { scope: "data:heart_rate:write", query: true } as const;

/** Answers as the store does, many appends at once, and keeps nothing. */
class ForgetfulStore implements Pick<ReadingStore, "append"> {
  #waiting: (() => void)[] = [];

  append(): Promise<readonly Appended[]> {
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#answerAll());
      this.#waiting.push(() => resolve([{ isNew: true, sequence: 1 }]));
    });
  }

  #answerAll(): void {
    for (const answer of this.#waiting.splice(0)) answer();
  }
}

/** Nobody upgrades, and nobody asks from where. */
const NOWHERE = { upgrade: () => false, peerOf: () => undefined };

/** Nobody signs in: better-auth is not even loaded. */
const accounts = new Accounts({
  settings: readSettings({}),
  limits: DEFAULT_LIMITS,
  clock,
  directory,
  sessionTokens: new SessionTokens(0),
  sessionsEnded: () => {},
  report: () => {},
});

function allButTheStore(): (request: Request) => Promise<Response> {
  const log = console;
  const bus = new MemoryBus();
  const store = new ForgetfulStore() as unknown as ReadingStore;
  const context: Context = {
    settings: readSettings({}),
    limits: DEFAULT_LIMITS,
    clock,
    store,
    directory,
    bus,
    ingest: new Ingest(store, bus),
    verifier,
    sessionTokens: new SessionTokens(0),
    uses: new UseCounts(directory.tokenUses, DEFAULT_LIMITS.countedTokensMax),
    erasures: { finish: async () => {} },
    appRequests: new AppRequests(DEFAULT_LIMITS),
    accounts,
    sockets: new LiveSockets(),
    roomFeeds: new RoomFeeds(bus, directory.rooms, clock),
    log,
    faults: new FaultLog(log, clock),
    responses: new ResponseCounts(),
    statistics: new SharedAnswers(),
    stopping: () => false,
    control: { revision: 0, announce: () => {}, lookAgain: () => {} },
    leadsPulsoidHosts: () => false,
    ownUrl: () => new URL("http://localhost"),
  };
  const write = createApp(context).direct["/api/v1/data"]!;
  return (request) => write(request, NOWHERE, {}) as Promise<Response>;
}

const stages: Readonly<Record<string, () => (request: Request) => Response | Promise<Response>>> = {
  answer: () => () => empty(),
  token: () => async (request) => {
    await authorise(request, demand, verifier, clock());
    return empty();
  },
  "all but the store": allButTheStore,
};

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  development: false,
  routes: { "/api/v1/data": { POST: stages[stage]!() }, "/health/ready": new Response("{}") },
  fetch: () => new Response("not found", { status: 404 }),
});
