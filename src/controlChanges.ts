import type { Control, ControlChange } from "./api/context.ts";
import { ApiError } from "./api/errors.ts";
import type { FaultLog } from "./api/faultLog.ts";
import { type FindHolding, type LiveSockets, RIGHT_KINDS } from "./api/liveSockets.ts";
import type { RoomFeeds } from "./api/rooms/roomFeeds.ts";
import type { SessionTokens } from "./auth/sessionTokens.ts";
import type { TokenVerifier } from "./auth/tokens.ts";
import type { EpochMs } from "./domain/reading.ts";
import type { Directory } from "./storage/directory.ts";

/** How often sockets are checked for rights that have expired, or whose last look-up failed. */
const SOCKET_CHECK_INTERVAL_MS = 250;

/** Who has to know when control data changed. */
export interface ControlChangesParts {
  readonly directory: Directory;
  readonly verifier: TokenVerifier;
  readonly sessionTokens: SessionTokens;
  readonly sockets: LiveSockets;
  readonly roomFeeds: RoomFeeds;
  readonly clock: () => EpochMs;
  readonly faults: FaultLog;
  /** Told after another process changed something. */
  readonly changedElsewhere?: () => void;
}

/**
 * Acts on changes of the control data, whoever made them: closes the sockets whose rights ended, tells rooms what
 * became of them, and forgets what is remembered of tokens. A look-up that fails is tried again at every turn until it
 * succeeds.
 */
export class ControlChanges implements Control {
  readonly #parts: ControlChangesParts;
  #revision = 0;
  /** What is to be looked at. */
  #pending: Required<ControlChange> = NOTHING;
  #checking = false;

  constructor(parts: ControlChangesParts) {
    this.#parts = parts;
  }

  get revision(): number {
    return this.#revision;
  }

  announce(change: ControlChange): void {
    this.#revision++;
    this.lookAgain(change);
  }

  lookAgain(change: ControlChange): void {
    this.#pending = both(this.#pending, change);
    void this.#check();
  }

  /** @returns a function that ends it */
  start(): () => void {
    const { directory, verifier, sockets, clock } = this.#parts;
    const changedElsewhere = () => {
      verifier.forget();
      this.announce({ rights: RIGHT_KINDS, rooms: "all" });
      this.#parts.changedElsewhere?.();
    };
    const stopWatching = directory.watch(changedElsewhere, (error) => {
      this.#unverified(error);
      changedElsewhere();
    });
    const timer = setInterval(() => {
      sockets.closeExpired(clock());
      void this.#check();
    }, SOCKET_CHECK_INTERVAL_MS);
    return () => {
      clearInterval(timer);
      stopWatching();
    };
  }

  async #check(): Promise<void> {
    if (this.#checking) return;
    const { directory, sessionTokens, sockets, roomFeeds } = this.#parts;
    this.#checking = true;
    let looked = NOTHING;
    try {
      while (this.#pending !== NOTHING) {
        looked = this.#pending;
        this.#pending = NOTHING;
        // Before the sockets: a page's token opens no other one meanwhile.
        const sessions = looked.rights.includes("session")
          ? await sessionTokens.endMissing(directory.people)
          : NO_SESSIONS;
        await sockets.closeEnded(looked.rights, holdingIn(directory, sessions));
        await roomFeeds.refresh(looked.rooms);
      }
    } catch (error) {
      this.#pending = both(this.#pending, looked);
      this.#unverified(error);
    } finally {
      this.#checking = false;
    }
  }

  #unverified(cause: unknown): void {
    this.#parts.faults.report(new ApiError("tokenUnverifiable", { cause }));
  }
}

const NO_SESSIONS: ReadonlySet<number> = new Set();

const NOTHING: Required<ControlChange> = { rights: [], rooms: [] };

function both(
  one: Required<ControlChange>,
  { rights = [], rooms = [] }: ControlChange,
): Required<ControlChange> {
  const isAll = one.rooms === "all" || rooms === "all";
  return {
    rights: [...new Set([...one.rights, ...rights])],
    rooms: isAll ? "all" : [...new Set([...one.rooms, ...rooms])],
  };
}

function holdingIn(directory: Directory, sessions: ReadonlySet<number>): FindHolding {
  return async (kind, ids) => {
    switch (kind) {
      case "session":
        return sessions;
      case "token":
        return directory.findUnrevoked(ids);
      case "membership":
        return directory.rooms.findMemberships(ids);
      case "link":
        return directory.widgets.findOpenLinks(ids);
    }
  };
}
