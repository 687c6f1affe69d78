import { DEVICE_CODE_SECONDS } from "../../domain/oauthLifetimes.ts";
import type { EpochMs } from "../../domain/reading.ts";

/** Device requests whose sender is remembered; one more makes the oldest be forgotten: its person is then warned once more. */
const REMEMBERED_MAX = 10_000;

/**
 * From where devices asked. A person who is sent somebody else's code is warned by it: their own device is mostly in the same
 * network (RFC 8628 section 5.4). It is in this process's memory alone, because it is of use for ten minutes.
 */
export class DeviceSenders {
  readonly #senders = new Map<string, { readonly sender: string; readonly endsAt: number }>();

  remember(userCodeHash: string, sender: string, now: EpochMs): void {
    for (const [hash, { endsAt }] of this.#senders) {
      if (endsAt > now && this.#senders.size < REMEMBERED_MAX) break;
      this.#senders.delete(hash);
    }
    this.#senders.set(userCodeHash, { sender, endsAt: now + DEVICE_CODE_SECONDS * 1000 });
  }

  isSame(userCodeHash: string, sender: string): boolean {
    return this.#senders.get(userCodeHash)?.sender === sender;
  }
}
