import type { Control } from "./api/context.ts";
import { ApiError } from "./api/errors.ts";
import type { FaultLog } from "./api/faultLog.ts";
import { type FindHolding, type LiveSockets, RIGHT_KINDS, type RightKind } from "./api/liveSockets.ts";
import type { RoomFeeds } from "./api/rooms/roomFeeds.ts";
import type { TokenVerifier } from "./auth/tokens.ts";
import type { EpochMs } from "./domain/reading.ts";
import type { Directory } from "./storage/directory.ts";

/** How often sockets are checked for rights that have expired, or whose last look-up failed. */
const SOCKET_CHECK_INTERVAL_MS = 250;

/** Who has to know when control data changed. */
export interface ControlChangesParts {
  readonly directory: Directory;
  readonly verifier: TokenVerifier;
  readonly sockets: LiveSockets;
  readonly roomFeeds: RoomFeeds;
  readonly clock: () => EpochMs;
  readonly faults: FaultLog;
}

/**
 * Acts on changes of the control data, whoever made them: closes the sockets whose rights ended, tells rooms what
 * became of them, and forgets what is remembered of tokens. A look-up that fails is tried again at every turn until it
 * succeeds.
 */
export class ControlChanges implements Control {
  readonly #parts: ControlChangesParts;
  #revision = 0;
  /** Kinds of rights of which some may have ended since the last look. */
  readonly #pending = new Set<RightKind>();
  #checking = false;

  constructor(parts: ControlChangesParts) {
    this.#parts = parts;
  }

  get revision(): number {
    return this.#revision;
  }

  announce(kinds: readonly RightKind[]): void {
    this.#revision++;
    this.lookAgain(kinds);
  }

  lookAgain(kinds: readonly RightKind[]): void {
    for (const kind of kinds) this.#pending.add(kind);
    void this.#check();
  }

  /** @returns a function that ends it */
  start(): () => void {
    const { directory, verifier, sockets, clock } = this.#parts;
    const changedElsewhere = () => {
      verifier.forget();
      this.announce(RIGHT_KINDS);
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
    if (this.#checking || this.#pending.size === 0) return;
    const { directory, sockets, roomFeeds } = this.#parts;
    this.#checking = true;
    let kinds: readonly RightKind[] = [];
    try {
      while (this.#pending.size > 0) {
        kinds = [...this.#pending];
        this.#pending.clear();
        await sockets.closeEnded(kinds, holdingIn(directory));
        if (kinds.includes("membership")) await roomFeeds.refresh();
      }
    } catch (error) {
      for (const kind of kinds) this.#pending.add(kind);
      this.#unverified(error);
    } finally {
      this.#checking = false;
    }
  }

  #unverified(cause: unknown): void {
    this.#parts.faults.report(new ApiError("tokenUnverifiable", { cause }));
  }
}

function holdingIn(directory: Directory): FindHolding {
  return (kind, ids) => {
    switch (kind) {
      case "token":
        return directory.findUnrevoked(ids);
      case "membership":
        return directory.rooms.findMemberships(ids);
      case "link":
        return directory.widgets.findOpenLinks(ids);
    }
  };
}
