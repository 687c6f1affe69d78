const BUCKET_MS = 0.01;
const BUCKETS = 500_000;

/** Counts latencies in steps of 0.01 ms up to 5 s: millions of them, without keeping each. Longer ones count as 5 s. */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS + 1);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** @param latencyMs below 0 counts as 0 */
  record(latencyMs: number): void {
    this.#counts[Math.min(BUCKETS, Math.max(0, Math.floor(latencyMs / BUCKET_MS)))]!++;
    this.#total++;
  }

  /**
   * The latency in milliseconds that this share of them does not exceed (nearest rank), rounded up to the step.
   * NaN of nothing.
   *
   * @param share from 0 to 1: 0.99 is the 99th percentile
   */
  percentileMs(share: number): number {
    if (this.#total === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(share * this.#total));
    let seen = 0;
    for (let bucket = 0; bucket <= BUCKETS; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= rank) return Math.round((bucket + 1) * BUCKET_MS * 100) / 100;
    }
    return Number.NaN;
  }
}
