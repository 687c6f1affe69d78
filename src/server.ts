import { createApp } from "./api/app.ts";
import type { Context, Log } from "./api/context.ts";
import { ApiError } from "./api/errors.ts";
import { toApiError } from "./api/failures.ts";
import { FaultLog } from "./api/faultLog.ts";
import { LiveSockets } from "./api/liveSockets.ts";
import { ResponseCounts } from "./api/responseCounts.ts";
import { RoomFeeds } from "./api/rooms/roomFeeds.ts";
import { SharedAnswers } from "./api/sharedAnswers.ts";
import { Accounts } from "./auth/accounts/accounts.ts";
import type { PasswordCost } from "./auth/accounts/passwords.ts";
import { AppRequests } from "./auth/oauth/appRequests.ts";
import { SessionTokens } from "./auth/sessionTokens.ts";
import { TokenVerifier } from "./auth/tokens.ts";
import { UseCounts } from "./auth/useCounts.ts";
import { readOwnCertificate } from "./certificates/ownCertificate.ts";
import { startCleaning } from "./cleaning.ts";
import { ControlChanges } from "./controlChanges.ts";
import { PULSOID_HOSTS } from "./domain/pulsoidHosts.ts";
import type { EpochMs } from "./domain/reading.ts";
import { RunningErasures } from "./erasures.ts";
import { Ingest } from "./ingest/ingest.ts";
import { type Listeners, listen } from "./listeners.ts";
import { MemoryBus } from "./live/memoryBus.ts";
import { listenersWithin, openFilesMax } from "./openFiles.ts";
import { DEFAULT_LIMITS, type Limits } from "./settings/limits.ts";
import type { Settings } from "./settings/settings.ts";
import { openFolder } from "./storage/sqlite/folder.ts";
import type { Storage } from "./storage/storage.ts";

export interface ServerOptions {
  readonly settings: Settings;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
  readonly clock?: () => EpochMs;
  /** What hashing a password costs; for tests, which hash many. */
  readonly passwordCost?: PasswordCost;
}

export interface RunningServer {
  /** The address under which a person on this machine reaches the server. */
  readonly url: URL;
  /** The same for https, where the operator has named a certificate. */
  readonly secureUrl: URL | undefined;
  /** Why apps with Pulsoid's hosts built in may not reach the server though the machine is prepared for them. */
  readonly dropinProblems: readonly string[];
  readonly storage: Storage;
  /** What the endpoints work with. */
  readonly context: Context;
  /** Ends in order: every reading that was accepted is stored and answered, sockets close with 1001. */
  stop(): Promise<void>;
}

/**
 * Starts a server: settings -> engines -> api -> listeners.
 *
 * @throws UnusableSetting, StoreUnavailable or ListenFailure with a message for the operator
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { settings, log } = options;
  const limits = limitsWithinFiles({ ...DEFAULT_LIMITS, ...options.limits });
  const clock = options.clock ?? (() => Date.now() as EpochMs);
  const pair = readOwnCertificate(settings, clock());
  const storage = await openFolder(settings.data, { durability: settings.durability, limits });
  const bus = new MemoryBus();
  const sessionTokens = new SessionTokens(limits.sessionTokensMax);
  const verifier = new TokenVerifier(
    storage.directory,
    limits.cachedTokensMax,
    sessionTokens,
    settings.queryTokens === "on",
  );
  const appRequests = new AppRequests(limits);
  const sockets = new LiveSockets();
  const { directory } = storage;
  const roomFeeds = new RoomFeeds(bus, directory.rooms, clock);
  const faults = new FaultLog(log, clock);
  const erasures = new RunningErasures({ storage, verifier, sessionTokens, clock, faults });
  const control = new ControlChanges({
    directory,
    verifier,
    sessionTokens,
    sockets,
    roomFeeds,
    clock,
    faults,
    changedElsewhere: () => erasures.look(),
  });
  const uses = new UseCounts(directory.tokenUses, limits.countedTokensMax);
  const accounts = new Accounts({
    settings,
    limits,
    clock,
    directory,
    sessionTokens,
    sessionsEnded: () => control.announce({ rights: ["session"] }),
    report: (fault) => faults.report(toApiError(fault)),
    passwordCost: options.passwordCost,
  });
  // A page under one of Pulsoid's names is never ours (see api/pulsoidHost.ts), whatever the public address says.
  const publicUrl = PULSOID_HOSTS.includes(settings.publicUrl?.hostname ?? "")
    ? undefined
    : settings.publicUrl;
  let stopping = false;
  let listeners: Listeners | undefined;
  const context: Context = {
    settings,
    limits,
    clock,
    store: storage.readings,
    directory,
    bus,
    ingest: new Ingest(storage.readings, bus),
    verifier,
    sessionTokens,
    uses,
    erasures,
    appRequests,
    accounts,
    sockets,
    roomFeeds,
    control,
    log,
    faults,
    responses: new ResponseCounts(),
    statistics: new SharedAnswers(),
    stopping: () => stopping,
    leadsPulsoidHosts: () => listeners?.dropin.isOn ?? false,
    ownUrl: () => publicUrl ?? listeners?.url ?? new URL(`http://localhost:${settings.port}`),
  };
  const listening = await listen(createApp(context), context, pair).catch(async (error) => {
    await storage.close();
    throw error;
  });
  listeners = listening;
  const stopWatching = control.start();
  erasures.look();
  const stopCounting = writeRegularly(uses, faults);
  const cleaning = startCleaning(context);

  return {
    url: listening.url,
    secureUrl: listening.secureUrl,
    dropinProblems: listening.dropin.problems,
    storage,
    context,
    async stop() {
      stopping = true;
      stopWatching();
      appRequests.polls.releaseAll();
      sockets.closeAll();
      await listening.stop();
      await erasures.end();
      await stopCounting();
      await cleaning.stop();
      await storage.close();
    },
  };
}

/** How often counts of use are written: My apps shows them, and no request pays for it. */
const USES_INTERVAL_MS = 10_000;

/** @returns a function that ends it, and writes what was counted last */
function writeRegularly(uses: UseCounts, faults: FaultLog): () => Promise<void> {
  const write = () => uses.flush().catch((cause) => faults.report(new ApiError("unexpected", { cause })));
  const timer = setInterval(write, USES_INTERVAL_MS);
  return () => {
    clearInterval(timer);
    return write();
  };
}

/** Fewer listeners than the limit where the process may not open as many files. */
function limitsWithinFiles(limits: Limits): Limits {
  return { ...limits, socketsMax: Math.min(limits.socketsMax, listenersWithin(openFilesMax())) };
}
