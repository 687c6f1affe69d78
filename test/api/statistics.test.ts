import { describe, expect, spyOn, test } from "bun:test";
import { SharedAnswers } from "../../src/api/sharedAnswers.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import { statisticsOf } from "../../src/domain/statistics.ts";
import { expectError, scopeError } from "../support/answers.ts";
import { plainStatistics } from "../support/plainStatistics.ts";
import { byTime, keptReadings, recordingNamed } from "../support/recordings.ts";
import { bearer } from "../support/requests.ts";
import { startTestServer, write } from "../support/server.ts";
import { newUserToken, sharedServer } from "../support/sharedServer.ts";

/** `GET /api/v1/statistics`. */
const NOW = Date.UTC(2024, 2, 31, 12, 30);
const HOUR = 3_600_000;
const shared = sharedServer({ clock: () => NOW as EpochMs });
const SCOPES = ["data:statistics:read", "data:heart_rate:write", "data:heart_rate:read"] as const;

const get = (token: string, query = "", origin = shared().origin) =>
  fetch(`${origin}/api/v1/statistics${query}`, { headers: bearer(token) });

const newToken = () => newUserToken(shared(), { scopes: SCOPES });

describe("the answer, byte for byte", () => {
  test("five integers in the order that Pulsoid documents", async () => {
    const token = await newToken();
    for (let second = 0; second <= 60; second++) {
      await write(
        shared().origin,
        token,
        NOW - 120_000 + second * 1000,
        second === 60 ? 200 : 120 + (second % 2),
      );
    }
    const response = await get(token);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    // A minute at 120.5 bpm: (-37.74955 + 0.53905 x 120.5 + 0.03625 x 70 + 0.13785 x 30) / 4.184 = 8.1 kcal.
    expect(await response.text()).toBe(
      '{"maximum_beats_per_minute":200,"minimum_beats_per_minute":120,"average_beats_per_minute":121,"streamed_duration_in_seconds":60,"calories_burned_in_kcal":8}',
    );
  });

  test("of a real recording, as a plain reckoning over its readings gives it", async () => {
    const token = await newToken();
    const kept = byTime(keptReadings(recordingNamed("run-tcx-irregular-33min")));
    const shift = NOW - HOUR - (kept.at(-1)?.measuredAt ?? 0);
    for (const { measuredAt, bpm } of kept) await write(shared().origin, token, measuredAt + shift, bpm);
    const expected = plainStatistics(
      kept.map(({ measuredAt, bpm }) => ({ at: measuredAt + shift, bpm })),
      {},
    );
    expect(await (await get(token)).json()).toEqual({
      maximum_beats_per_minute: expected?.maximumBpm,
      minimum_beats_per_minute: expected?.minimumBpm,
      average_beats_per_minute: expected?.averageBpm,
      streamed_duration_in_seconds: expected?.streamedSeconds,
      calories_burned_in_kcal: expected?.kilocalories,
    });
  });

  test("calories go by the age, weight and sex of the profile, where it has them", async () => {
    const user = crypto.randomUUID();
    const token = await shared().token(SCOPES, { user });
    const readings = Array.from({ length: 61 }, (_, step) => ({ at: NOW - HOUR + step * 20_000, bpm: 140 }));
    for (const { at, bpm } of readings) await write(shared().origin, token, at, bpm);
    const { directory } = shared().server.storage;
    const profile = await directory.findProfile(user);
    if (profile === undefined) throw new Error("the user is gone");
    const before = (await (await get(token)).json()) as { calories_burned_in_kcal: number };
    await directory.changeDetails(profile.id, {
      birthDate: "1974-03-31",
      weightKilograms: 96.5,
      sex: "male",
    });
    const after = (await (await get(token)).json()) as { calories_burned_in_kcal: number };
    const facts = { ageYears: 50, weightKilograms: 96.5, sex: "male" } as const;
    expect(before.calories_burned_in_kcal).toBe(plainStatistics(readings, {})?.kilocalories as number);
    expect(after.calories_burned_in_kcal).toBe(plainStatistics(readings, facts)?.kilocalories as number);
    expect(after.calories_burned_in_kcal).not.toBe(before.calories_burned_in_kcal);
  });
});

describe("the range of time", () => {
  test("is a day unless asked otherwise, a week or a month, and its first moment is in it", async () => {
    const token = await newToken();
    const days = (count: number) => NOW - count * 24 * HOUR;
    for (const [at, bpm] of [
      [days(30) - 1, 40],
      [days(30), 50],
      [days(7) - 1, 60],
      [days(7), 70],
      [days(1) - 1, 80],
      [days(1), 90],
      [NOW, 100],
    ] as const) {
      await write(shared().origin, token, at, bpm);
    }
    const lowest = async (query: string) =>
      ((await (await get(token, query)).json()) as { minimum_beats_per_minute: number })
        .minimum_beats_per_minute;
    expect(await lowest("")).toBe(90);
    expect(await lowest("?time_range=")).toBe(90);
    expect(await lowest("?time_range=24h")).toBe(90);
    expect(await lowest("?time_range=7d")).toBe(70);
    expect(await lowest("?time_range=30d")).toBe(50);
  });

  test("another one is 400, and those that there are are named", async () => {
    const token = await newToken();
    for (const range of ["1h", "24H", "30", "constructor"]) {
      await expectError(await get(token, `?time_range=${range}`), {
        status: 400,
        code: 8001,
        message: "time_range: expected one of 24h, 7d, 30d",
      });
    }
  });

  test("without a reading in it is 412", async () => {
    const token = await newToken();
    await expectError(await get(token), { status: 412, code: 8003 });
    await write(shared().origin, token, NOW - 31 * 24 * HOUR, 60);
    await expectError(await get(token, "?time_range=30d"), { status: 412, code: 8003 });
  });

  test("a reading of a clock that is ahead counts when it arrived", async () => {
    const token = await newToken();
    await write(shared().origin, token, NOW + 400 * 24 * HOUR, 77);
    expect(await (await get(token)).json()).toMatchObject({ maximum_beats_per_minute: 77 });
  });
});

test("a token without the scope is refused", async () => {
  const token = await newUserToken(shared());
  await expectError(await get(token), scopeError("data:statistics:read"));
});

test("they are the same before and after the readings are packed and sealed", async () => {
  const limits = { freshReadingsMax: 500, freshSecondsMax: 0, hourQuietSeconds: 0 };
  await using server = await startTestServer({ limits });
  const token = await server.token(SCOPES);
  const kept = byTime(keptReadings(recordingNamed("row-indoor-intervals-28min")));
  const shift = Date.now() - 5 * HOUR - (kept[0]?.measuredAt ?? 0);
  const profile = await server.server.storage.directory.findProfile("me");
  if (profile === undefined) throw new Error("the user is gone");
  const { readings: store } = server.server.storage;
  for (const { measuredAt, bpm } of kept) {
    const time = (measuredAt + shift) as EpochMs;
    await store.append([
      { profile: profile.id, source: 0 as never, measuredAt: time, arrivedAt: time, bpm: bpm as never },
    ]);
  }
  const expected = plainStatistics(
    kept.map(({ measuredAt, bpm }) => ({ at: measuredAt + shift, bpm })),
    {},
  );
  const range = { from: 0 as EpochMs, to: Date.now() as EpochMs };
  expect(statisticsOf(await store.aggregate(profile.id, range), {})).toEqual(expected);
  while ((await store.measure()).sealedReadings < kept.length) await Bun.sleep(10);
  expect(statisticsOf(await store.aggregate(profile.id, range), {})).toEqual(expected);
  expect(await (await get(token, "", server.origin)).json()).toMatchObject({
    streamed_duration_in_seconds: expected?.streamedSeconds,
    calories_burned_in_kcal: expected?.kilocalories,
  });
});

test("of many questions of one user at once, one is reckoned and then one for all others", async () => {
  await using server = await startTestServer({ clock: () => NOW as EpochMs });
  const token = await server.token(SCOPES);
  await write(server.origin, token, NOW - 2_000, 60);
  const { readings } = server.server.storage;
  const { aggregate } = readings;
  const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let reckoned = 0;
  readings.aggregate = async (...question) => {
    const hours = await aggregate.apply(readings, question);
    begun.resolve();
    if (reckoned++ === 0) await held.promise;
    return hours;
  };
  const maximum = async (asked: Promise<Response>) =>
    ((await (await asked).json()) as { maximum_beats_per_minute: number }).maximum_beats_per_minute;
  const first = maximum(get(token, "", server.origin));
  await begun.promise;
  await write(server.origin, token, NOW - 1_000, 90);
  const asked = spyOn(SharedAnswers.prototype, "ask");
  const others = Array.from({ length: 20 }, () => maximum(get(token, "", server.origin)));
  while (asked.mock.calls.length < others.length) await new Promise((resolve) => setImmediate(resolve));
  asked.mockRestore();
  held.resolve();
  expect(await first).toBe(60);
  expect(new Set(await Promise.all(others))).toEqual(new Set([90]));
  expect(reckoned).toBe(2);
});
