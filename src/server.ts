import { createApp } from "./api/app.ts";
import type { Context, Log } from "./api/context.ts";
import { FaultLog } from "./api/faultLog.ts";
import { LiveSockets } from "./api/liveSockets.ts";
import { ResponseCounts } from "./api/responseCounts.ts";
import { RoomFeeds } from "./api/rooms/roomFeeds.ts";
import { TokenVerifier } from "./auth/tokens.ts";
import { ControlChanges } from "./controlChanges.ts";
import type { EpochMs } from "./domain/reading.ts";
import { Ingest } from "./ingest/ingest.ts";
import { listen } from "./listeners.ts";
import { MemoryBus } from "./live/memoryBus.ts";
import { DEFAULT_LIMITS, type Limits } from "./settings/limits.ts";
import type { Settings } from "./settings/settings.ts";
import { openFolder } from "./storage/sqlite/folder.ts";
import type { Storage } from "./storage/storage.ts";

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
  const sockets = new LiveSockets();
  const { directory } = storage;
  const roomFeeds = new RoomFeeds(bus, directory.rooms, clock);
  const faults = new FaultLog(log, clock);
  const control = new ControlChanges({ directory, verifier, sockets, roomFeeds, clock, faults });
  let stopping = false;
  const context: Context = {
    settings,
    limits,
    clock,
    store: storage.readings,
    directory,
    bus,
    ingest: new Ingest(storage.readings, bus),
    verifier,
    sockets,
    roomFeeds,
    control,
    log,
    faults,
    responses: new ResponseCounts(),
    stopping: () => stopping,
  };
  const listeners = await listen(createApp(context), context).catch(async (error) => {
    await storage.close();
    throw error;
  });
  const stopWatching = control.start();

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
