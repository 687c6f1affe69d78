import { createApp } from "./api/app.ts";
import type { Context, Log } from "./api/context.ts";
import { ApiError } from "./api/errors.ts";
import { FaultLog } from "./api/faultLog.ts";
import { LiveSockets } from "./api/liveSockets.ts";
import { ResponseCounts } from "./api/responseCounts.ts";
import { TokenVerifier } from "./auth/tokens.ts";
import type { EpochMs } from "./domain/reading.ts";
import { Ingest } from "./ingest/ingest.ts";
import { listen } from "./listeners.ts";
import { MemoryBus } from "./live/memoryBus.ts";
import { DEFAULT_LIMITS, type Limits } from "./settings/limits.ts";
import type { Settings } from "./settings/settings.ts";
import { openFolder } from "./storage/sqlite/folder.ts";
import type { Storage } from "./storage/storage.ts";

/** How often sockets are checked for tokens that have expired, or whose last look-up failed. */
const SOCKET_CHECK_INTERVAL_MS = 250;

export interface ServerOptions {
  readonly settings: Settings;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
  readonly clock?: () => EpochMs;
}

export interface RunningServer {
  /** The address under which a person on this machine reaches the server. */
  readonly url: URL;
  readonly storage: Storage;
  /** Ends in order: every reading that was accepted is stored and answered, sockets close with 1001. */
  stop(): Promise<void>;
}

/**
 * Starts a server: settings -> engines -> api -> listeners.
 *
 * @throws StoreUnavailable or ListenFailure with a message for the operator
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { settings, log } = options;
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const clock = options.clock ?? (() => Date.now() as EpochMs);
  const storage = await openFolder(settings.data, { durability: settings.durability, limits });
  const bus = new MemoryBus();
  const verifier = new TokenVerifier(storage.directory, limits.cachedTokensMax);
  const sockets = new LiveSockets(bus);
  let stopping = false;
  const context: Context = {
    settings,
    limits,
    clock,
    store: storage.readings,
    ingest: new Ingest(storage.readings, bus),
    verifier,
    sockets,
    log,
    faults: new FaultLog(log, clock),
    responses: new ResponseCounts(),
    stopping: () => stopping,
  };
  const listeners = await listen(createApp(context), context).catch(async (error) => {
    await storage.close();
    throw error;
  });
  const stopWatching = watchTokens(context, storage);

  return {
    url: listeners.url,
    storage,
    async stop() {
      stopping = true;
      stopWatching();
      sockets.closeAll();
      await listeners.stop();
      await storage.close();
    },
  };
}

/**
 * Closes the sockets of tokens that were revoked or have expired, and forgets what is remembered of them. A look-up
 * that fails is tried again at every turn until it succeeds.
 */
function watchTokens({ verifier, sockets, clock, faults }: Context, { directory }: Storage): () => void {
  let changes = 0;
  let checkedChanges = 0;
  let checking = false;
  const unverified = (cause: unknown) => faults.report(new ApiError("tokenUnverifiable", { cause }));
  const checkSockets = async () => {
    if (checking || checkedChanges === changes) return;
    const upTo = changes;
    checking = true;
    try {
      await sockets.closeRevoked((ids) => directory.findUnrevoked(ids));
      checkedChanges = upTo;
    } catch (error) {
      unverified(error);
    } finally {
      checking = false;
    }
  };
  const changed = () => {
    changes++;
    verifier.forget();
    void checkSockets();
  };
  const stopWatching = directory.watch(changed, (error) => {
    unverified(error);
    changed();
  });
  const timer = setInterval(() => {
    sockets.closeExpired(clock());
    void checkSockets();
  }, SOCKET_CHECK_INTERVAL_MS);
  return () => {
    clearInterval(timer);
    stopWatching();
  };
}
