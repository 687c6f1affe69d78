/** What one round of load saw. */
export interface LoadResult {
  /** Requests that were answered. */
  readonly answered: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that said no, and connections that broke. A round with any is not counted. */
  readonly errors: number;
  /** Share of its core that the load generator used, 0 to 1. Near 1, the load is the limit and not the server. */
  readonly loadCoreShare: number;
}
