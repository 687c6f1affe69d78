/** What the crowd is told to do, one after the other. */
export type Order =
  /** Opens listeners; the n-th listens to the user n modulo `users`. */
  | { readonly order: "listen"; readonly listeners: number; readonly users: number }
  /** Closes every listener. */
  | { readonly order: "leave" }
  /** Opens one more listener of the first user, which never reads. */
  | { readonly order: "stopReading" }
  /** Writes as fast as answers come, with so many writes under way. */
  | { readonly order: "top"; readonly seconds: number; readonly underWay: number }
  /** Writes at a fixed rate, whether or not the server keeps up. */
  | { readonly order: "rate"; readonly seconds: number; readonly writesPerSecond: number }
  /** Does nothing but answer pings. */
  | { readonly order: "idle"; readonly seconds: number };

/** What the crowd saw while it followed one order. */
export interface Seen {
  readonly tookMs: number;
  readonly writes: number;
  readonly deliveries: number;
  /** Deliveries that did not come, answers other than 200, and listeners that were closed: a round with any is void. */
  readonly errors: number;
  readonly pings: number;
  /** From when the write should have been sent until a listener had the frame. NaN where nothing was written at a rate. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Share of its core that the crowd used, 0 to 1. It watches its clock without a pause while it writes at a rate. */
  readonly loadCoreShare: number;
}

/** How the crowd is started. */
export interface CrowdSetup {
  readonly url: string;
  readonly tokenFile: string;
}
