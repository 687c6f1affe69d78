import type { EpochMs } from "../../domain/reading.ts";
import type { Scope } from "../../domain/scopes.ts";

/** A device whose app is not known here, and that waits for a person who lets it in. */
export interface UnknownDevice {
  readonly deviceCodeHash: string;
  readonly userCodeHash: string;
  /** The client id that Pulsoid gave its app. */
  readonly clientId: string;
  readonly scopes: readonly Scope[];
  readonly scopesDiffer: boolean;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  /** What its requests are counted by. */
  readonly asker: string;
}

/** How long one is known after its end: its device is told that it is over, and not that it never was. */
const KNOWN_AFTER_END_MS = 60_000;

interface Kept extends UnknownDevice {
  state: "waiting" | "deciding" | "denied";
}

export interface UnknownDeviceLimits {
  readonly unknownDevicesMax: number;
  readonly unknownDevicesPerSenderMax: number;
}

/**
 * Requests of devices whose app nobody let in yet. Anybody can send one, so they are few, and in this process's memory alone: only
 * a person's consent stores anything.
 */
export class UnknownDevices {
  readonly #limits: UnknownDeviceLimits;
  readonly #byDeviceCode = new Map<string, Kept>();
  readonly #byUserCode = new Map<string, Kept>();

  constructor(limits: UnknownDeviceLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#byDeviceCode.size;
  }

  /** @returns false when this sender, or all of them, have as many waiting as may be */
  add(device: UnknownDevice, now: EpochMs): boolean {
    this.#dropExpired(now);
    const ofAsker = [...this.#byDeviceCode.values()].filter(({ asker }) => asker === device.asker);
    const { unknownDevicesMax, unknownDevicesPerSenderMax } = this.#limits;
    if (this.size >= unknownDevicesMax || ofAsker.length >= unknownDevicesPerSenderMax) return false;
    const kept: Kept = { ...device, state: "waiting" };
    this.#byDeviceCode.set(device.deviceCodeHash, kept);
    this.#byUserCode.set(device.userCodeHash, kept);
    return true;
  }

  /** One that is over is returned as long as it is not dropped. */
  findByDeviceCode(hash: string): (UnknownDevice & { readonly isDenied: boolean }) | undefined {
    const kept = this.#byDeviceCode.get(hash);
    return kept === undefined ? undefined : { ...kept, isDenied: kept.state === "denied" };
  }

  findByUserCode(hash: string): (UnknownDevice & { readonly isDecided: boolean }) | undefined {
    const kept = this.#byUserCode.get(hash);
    return kept === undefined ? undefined : { ...kept, isDecided: kept.state !== "waiting" };
  }

  /** Takes a decision on itself; the first counts. @returns false when somebody decided before */
  begin(userCodeHash: string): boolean {
    const kept = this.#byUserCode.get(userCodeHash);
    if (kept?.state !== "waiting") return false;
    kept.state = "deciding";
    return true;
  }

  /** Ends what was begun: `stored` forgets it, for the directory knows it now; `failed` lets somebody decide again. */
  end(userCodeHash: string, how: "stored" | "denied" | "failed"): void {
    const kept = this.#byUserCode.get(userCodeHash);
    if (kept === undefined) return;
    if (how === "stored") this.#drop(kept);
    else kept.state = how === "denied" ? "denied" : "waiting";
  }

  #dropExpired(now: EpochMs): void {
    // All of them, because the clock may have been set back: then the oldest are not over first.
    for (const kept of this.#byDeviceCode.values()) {
      if (kept.expiresAt + KNOWN_AFTER_END_MS <= now) this.#drop(kept);
    }
  }

  #drop({ deviceCodeHash, userCodeHash }: Kept): void {
    this.#byDeviceCode.delete(deviceCodeHash);
    this.#byUserCode.delete(userCodeHash);
  }
}
