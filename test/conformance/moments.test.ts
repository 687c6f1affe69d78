import { describe, expect, test } from "bun:test";
import { Moments } from "../../src/conformance/moments.ts";

const DAY_MS = 86_400_000;
const never = new AbortController().signal;

describe("the times at which readings are measured", () => {
  test("are new, rise, and begin a minute before now", async () => {
    const before = Date.now();
    const moments = new Moments(0);
    const [first, second] = [await moments.next(never), await moments.next(never)];
    expect(first).toBeGreaterThanOrEqual(before - 60_000);
    expect(first).toBeLessThan(before);
    expect(second).toBeGreaterThan(first);
  });

  test("are not waited for where the server's clock is ahead by less than a minute", async () => {
    const latest = Date.now() + 50_000;
    const next = new Moments(latest).next(AbortSignal.timeout(1_000));
    expect(await next).toBeGreaterThan(latest);
  });

  test("follow the server's clock, and no time that somebody claimed", async () => {
    const moments = new Moments(0);
    expect(moments.sawServerTime(Date.now() + DAY_MS)).toBe(false);
    expect(moments.sawServerTime(Number.NaN)).toBe(false);
    expect(await moments.next(never)).toBeLessThan(Date.now());
    const ahead = Date.now() + 30_000;
    expect(moments.sawServerTime(ahead)).toBe(true);
    expect(await moments.next(AbortSignal.timeout(1_000))).toBeGreaterThan(ahead);
  });

  test("end the wait of a check that is to stop", async () => {
    const stopped = new AbortController();
    stopped.abort(new Error("the check took too long"));
    const moments = new Moments(0);
    moments.sawServerTime(Date.now());
    await expect(
      (async () => {
        for (;;) await moments.next(stopped.signal);
      })(),
    ).rejects.toThrow("the check took too long");
  });
});
