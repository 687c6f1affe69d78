import { describe, expect, test } from "bun:test";
import type { AccountRefused } from "../../../src/auth/accounts/accountRefused.ts";
import { Attempts } from "../../../src/auth/accounts/attempts.ts";
import type { EpochMs } from "../../../src/domain/reading.ts";

const DAY_MS = 86_400_000;
const LIMITS = { attemptsRememberedMax: 100, attemptWaitSecondsMax: 900 };
const pair = { key: "pair", free: 3 };

function counting(limits = LIMITS) {
  const time = { now: 1_000_000 };
  const attempts = new Attempts(limits, () => time.now as EpochMs);
  /** @returns how many seconds there are to wait; 0 for an attempt that was begun, and failed */
  const fail = (...counters: (typeof pair)[]): number => {
    try {
      attempts.begin(counters);
      return 0;
    } catch (error) {
      return (error as AccountRefused).waitSeconds as number;
    }
  };
  return { time, attempts, fail };
}

describe("failed attempts", () => {
  test("cost nothing at first, then a second, then twice as much each time, up to a quarter of an hour", () => {
    const { time, fail } = counting();
    for (let count = 0; count < pair.free; count++) expect(fail(pair)).toBe(0);
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
      expect(fail(pair)).toBe(seconds);
      time.now += seconds * 1_000 - 1;
      expect(fail(pair)).toBe(1);
      time.now += 1;
      expect(fail(pair)).toBe(0);
    }
  });

  test("that come too early are not counted: waiting is enough", () => {
    const { time, fail } = counting();
    for (let count = 0; count < 50; count++) fail(pair);
    time.now += 1_000;
    expect(fail(pair)).toBe(0);
    expect(fail(pair)).toBe(2);
  });

  test("that come all at once get no more free ones than the others", () => {
    const { fail } = counting();
    const waits = Array.from({ length: 1_000 }, () => fail(pair));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(pair.free);
  });

  test("are forgotten after a day without one", () => {
    const { time, fail } = counting();
    for (let count = 0; count < 20; count++) {
      fail(pair);
      time.now += 900_000;
    }
    expect(fail(pair)).toBe(0);
    time.now += DAY_MS;
    for (let count = 0; count < pair.free; count++) expect(fail(pair)).toBe(0);
    expect(fail(pair)).toBe(1);
  });

  test("of one counter are not held against another", () => {
    const { fail } = counting();
    for (let count = 0; count < 10; count++) fail(pair);
    expect(fail({ key: "other", free: 3 })).toBe(0);
  });

  test("wait for the counter that says longest, and count nothing while they do", () => {
    const { fail } = counting();
    const sender = { key: "sender", free: 1 };
    expect(fail(sender)).toBe(0);
    expect(fail(pair, sender)).toBe(1);
    for (let count = 0; count < pair.free; count++) expect(fail(pair)).toBe(0);
  });
});

describe("a successful attempt", () => {
  test("does not count, and begins anew what it is told to", () => {
    const { attempts, fail } = counting();
    const sender = { key: "sender", free: 3 };
    fail(pair, sender);
    fail(pair, sender);
    attempts.begin([pair, sender]).succeeded([pair]);
    expect(fail(pair)).toBe(0);
    expect(fail(pair)).toBe(0);
    expect(fail(pair)).toBe(0);
    expect(fail(pair)).toBe(1);
    expect(fail(sender)).toBe(0);
    expect(fail(sender)).toBe(1);
  });

  test("of the attacker's own account does not pay for the failures at others", () => {
    const { attempts, time, fail } = counting();
    const sender = { key: "sender", free: 3 };
    for (let count = 0; count < 6; count++) {
      time.now += 900_000;
      expect(fail({ key: `victim ${count}`, free: 3 }, sender)).toBe(0);
      time.now += 900_000;
      attempts.begin([{ key: "own", free: 3 }, sender]).succeeded([{ key: "own", free: 3 }]);
    }
    expect(fail(sender)).toBe(8);
  });

  test("counts once, however often it is said", () => {
    const { attempts, fail } = counting();
    fail(pair);
    fail(pair);
    fail(pair);
    expect(fail(pair)).toBe(1);
    const other = { key: "other", free: 1 };
    const attempt = attempts.begin([other]);
    attempt.succeeded();
    fail(other);
    attempt.succeeded();
    expect(fail(other)).toBe(1);
  });
});

test("as many counters as the limit are remembered; one more lets the one go that was not touched for longest", () => {
  const { fail } = counting({ ...LIMITS, attemptsRememberedMax: 3 });
  const counter = (key: string) => ({ key, free: 1 });
  for (const key of ["a", "b", "c"]) expect(fail(counter(key))).toBe(0);
  for (const key of ["a", "b", "c"]) expect(fail(counter(key))).toBe(1);
  expect(fail(counter("d"))).toBe(0);
  for (const key of ["b", "c", "d"]) expect(fail(counter(key))).toBe(1);
  expect(fail(counter("a"))).toBe(0);
});
