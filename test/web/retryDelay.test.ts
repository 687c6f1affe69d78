import { expect, test } from "bun:test";
import { retryDelayMs } from "../../src/web/overlay/retryDelay.ts";

test("an overlay waits as the official client does before it connects again, or up to half less", () => {
  for (const [failures, longest] of [2_000, 2_000, 4_000, 8_000, 10_000, 10_000].entries()) {
    expect(retryDelayMs(failures, 0)).toBe(longest / 2);
    expect(retryDelayMs(failures, 0.999)).toBeCloseTo(longest, -2);
  }
});
