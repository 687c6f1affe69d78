import type { ProfileId } from "../domain/reading.ts";
import type { Bus, LiveListener, LiveReading } from "./bus.ts";

/** The bus of a single node: a listener is called before publish returns. */
export class MemoryBus implements Bus {
  readonly #listeners = new Map<ProfileId, Set<LiveListener>>();

  publish(reading: LiveReading): void {
    const listeners = this.#listeners.get(reading.profile);
    if (listeners === undefined) return;
    for (const listener of listeners) listener(reading);
  }

  subscribe(profile: ProfileId, listener: LiveListener): () => void {
    const listeners = this.#listeners.get(profile) ?? new Set();
    this.#listeners.set(profile, listeners.add(listener));
    return () => {
      if (listeners.delete(listener) && listeners.size === 0) this.#listeners.delete(profile);
    };
  }
}
