/** What one round of load saw. */
export interface LoadResult {
  /** Requests that were answered. */
  readonly answered: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that said no. A round with any is not counted. */
  readonly refused: number;
  /** Connections that broke, and answers that took over two seconds. A round with any is not counted. */
  readonly broken: number;
  /** Share of its core that the load generator used, 0 to 1. Near 1, the load is the limit and not the server. */
  readonly loadCoreShare: number;
}

/** Whether a round may be counted. */
export function isValid({ refused, broken }: LoadResult): boolean {
  return refused === 0 && broken === 0;
}
