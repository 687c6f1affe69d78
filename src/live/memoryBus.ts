import type { ProfileId } from "../domain/reading.ts";
import type { Bus, LiveListener, LiveReading } from "./bus.ts";

/** The bus of a single node: a listener is called before publish returns. */
export class MemoryBus implements Bus {
  /** Most profiles have a single listener, and there are many profiles: an array is a fifth of a set. */
  readonly #listeners = new Map<ProfileId, readonly LiveListener[]>();

  publish(reading: LiveReading): void {
    const listeners = this.#listeners.get(reading.profile);
    if (listeners === undefined) return;
    for (const listener of listeners) listener(reading);
  }

  subscribe(profile: ProfileId, listener: LiveListener): () => void {
    this.#listeners.set(profile, [...(this.#listeners.get(profile) ?? []), listener]);
    return () => this.#end(profile, listener);
  }

  /** Whoever is being called meanwhile goes by the listeners there were. */
  #end(profile: ProfileId, listener: LiveListener): void {
    const others = this.#listeners.get(profile)?.filter((one) => one !== listener) ?? [];
    if (others.length > 0) this.#listeners.set(profile, others);
    else this.#listeners.delete(profile);
  }
}
