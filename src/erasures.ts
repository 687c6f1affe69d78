import { ApiError } from "./api/errors.ts";
import type { FaultLog } from "./api/faultLog.ts";
import type { SessionTokens } from "./auth/sessionTokens.ts";
import type { TokenVerifier } from "./auth/tokens.ts";
import type { EpochMs } from "./domain/reading.ts";
import { finishErasures } from "./storage/erasing.ts";
import type { Storage } from "./storage/storage.ts";

/** How long an erasure waits that could not be finished. */
const RETRY_MS = 1_000;

export interface RunningErasuresParts {
  readonly storage: Storage;
  readonly verifier: TokenVerifier;
  readonly sessionTokens: SessionTokens;
  readonly clock: () => EpochMs;
  readonly faults: FaultLog;
}

/** Finishes the erasures that somebody began: this server, one before it that died, or a command beside it. */
export class RunningErasures {
  readonly #parts: RunningErasuresParts;
  #running: Promise<void> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(parts: RunningErasuresParts) {
    this.#parts = parts;
  }

  /** Finishes all that have begun by now. @throws what the engines throw; they are tried again then, until they are finished */
  async finish(): Promise<void> {
    // Whoever began while another turn was running may have been missed by it.
    while (this.#running !== undefined) await this.#running.catch(() => {});
    this.#running = this.#finishAll();
    try {
      await this.#running;
    } catch (error) {
      this.#tryAgain();
      throw error;
    } finally {
      this.#running = undefined;
    }
  }

  /** Finishes what others began: a server before this one, or a command beside it. */
  look(): void {
    this.finish().catch((cause) => this.#parts.faults.report(new ApiError("unexpected", { cause })));
  }

  /** Begins nothing more, and waits for what is under way. */
  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#retry);
    await this.#running?.catch(() => {});
  }

  #tryAgain(): void {
    if (this.#ended) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.look(), RETRY_MS);
  }

  #finishAll(): Promise<void> {
    const { storage, verifier, sessionTokens, clock } = this.#parts;
    return finishErasures(storage, clock, (profile) => {
      sessionTokens.endOf(profile);
      verifier.forget();
    });
  }
}
