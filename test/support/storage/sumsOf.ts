import type { HourAggregate } from "../../../src/domain/statistics.ts";
import type { ReadingEngine } from "../../../src/storage/sqlite/readingEngine.ts";

/**
 * What a profile's readings with effective times from `from` to `to` come to, hour by hour.
 *
 * @param between what is done between the steps of the reckoning
 */
export function sumsOf(
  engine: ReadingEngine,
  profile: number,
  from: number,
  to: number,
  between: () => void = () => {},
): readonly HourAggregate[] {
  const steps = engine.aggregating(profile, from, to);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    between();
  }
}
