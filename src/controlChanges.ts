import type { Context } from "./api/context.ts";
import { ApiError } from "./api/errors.ts";
import type { FindHolding } from "./api/liveSockets.ts";
import type { Directory } from "./storage/directory.ts";

/** How often sockets are checked for rights that have expired, or whose last look-up failed. */
const SOCKET_CHECK_INTERVAL_MS = 250;

/**
 * Acts on changes of the control data, whoever made them: closes the sockets whose rights ended, and forgets what is remembered of tokens. A look-up that fails is tried again at every turn until it
 * succeeds.
 */
export class ControlChanges {
  readonly #context: Context;
  readonly #stopWatching: () => void;
  readonly #timer: Timer;
  #changes = 0;
  #checkedChanges = 0;
  #checking = false;

  constructor(context: Context) {
    this.#context = context;
    this.#stopWatching = context.directory.watch(
      () => this.announce(),
      (error) => {
        this.#unverified(error);
        this.announce();
      },
    );
    this.#timer = setInterval(() => {
      context.sockets.closeExpired(context.clock());
      void this.#check();
    }, SOCKET_CHECK_INTERVAL_MS);
  }

  /** Something changed. Other processes' changes are noticed; a route that changes something says so itself. */
  announce(): void {
    this.#changes++;
    this.#context.verifier.forget();
    void this.#check();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stopWatching();
  }

  async #check(): Promise<void> {
    if (this.#checking || this.#checkedChanges === this.#changes) return;
    const upTo = this.#changes;
    this.#checking = true;
    try {
      await this.#context.sockets.closeEnded(holdingIn(this.#context.directory));
      this.#checkedChanges = upTo;
    } catch (error) {
      this.#unverified(error);
    } finally {
      this.#checking = false;
    }
  }

  #unverified(cause: unknown): void {
    this.#context.faults.report(new ApiError("tokenUnverifiable", { cause }));
  }
}

function holdingIn(directory: Directory): FindHolding {
  return (kind, ids) => {
    switch (kind) {
      case "token":
        return directory.findUnrevoked(ids);
    }
  };
}
