/** The middle value, or the mean of the two middle ones. NaN of nothing. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[upper]! : (sorted[upper - 1]! + sorted[upper]!) / 2;
}

/**
 * The value that this share of the values does not exceed (nearest rank).
 *
 * @param ascending values sorted from low to high
 * @param share from 0 to 1: 0.99 is the 99th percentile
 */
export function percentile(ascending: Float64Array, share: number): number {
  if (ascending.length === 0) return Number.NaN;
  const rank = Math.max(1, Math.ceil(share * ascending.length));
  return ascending[rank - 1]!;
}

/** The lowest and the highest value. */
export function range(values: readonly number[]): { readonly low: number; readonly high: number } {
  return { low: Math.min(...values), high: Math.max(...values) };
}
