import { describe, expect, test } from "bun:test";
import { expectAccepted } from "../support/answers.ts";
import { Listener } from "../support/listener.ts";
import { bearer, latest, MOMENT, post, readingBody } from "../support/requests.ts";
import { READ_AND_WRITE, startTestServer, write } from "../support/server.ts";
import { newUserToken, sharedServer, storedReadings } from "../support/sharedServer.ts";

/** What a write leaves behind: in the store, in the latest reading, on the live socket. */
const shared = sharedServer();

async function newUser() {
  const user = crypto.randomUUID();
  const token = await shared().token(READ_AND_WRITE, { user });
  const stored = async () =>
    (await storedReadings(shared(), user)).map(({ measuredAt, bpm }) => [measuredAt + 0, bpm + 0]);
  return { token, stored, write: (at: number, bpm: number) => write(shared().origin, token, at, bpm) };
}

describe("a heart rate of 0 or below is answered 200 and leaves no trace", () => {
  for (const rate of ["0", "-0", "-0.0", "-1", "-65536", "-9007199254740993", "-1e300"]) {
    test(rate, async () => {
      const user = await newUser();
      using listener = await Listener.open(shared().origin, user.token);
      const body = `{"measured_at":${MOMENT},"data":{"heart_rate":${rate}}}`;
      await expectAccepted(await post(shared().origin, body, bearer(user.token)));
      expect(await latest(shared().origin, user.token)).toBeUndefined();
      expect(await user.stored()).toEqual([]);

      await expectAccepted(await user.write(MOMENT, 75));
      expect(await listener.heard(1)).toEqual([readingBody(MOMENT, 75)]);
    });
  }

  test("it does not replace the latest reading", async () => {
    const user = await newUser();
    await user.write(MOMENT, 75);
    await expectAccepted(await user.write(MOMENT + 1_000, 0));
    expect(await latest(shared().origin, user.token)).toEqual({
      measured_at: MOMENT,
      data: { heart_rate: 75 },
    });
    expect(await user.stored()).toEqual([[MOMENT, 75]]);
  });

  test("its measured_at must still be one", async () => {
    const user = await newUser();
    expect((await user.write(-1, 0)).status).toBe(400);
  });
});

describe("the same reading sent again is one reading", () => {
  test("it is answered 200, stored once and streamed once", async () => {
    const user = await newUser();
    using listener = await Listener.open(shared().origin, user.token);
    for (let time = 0; time < 3; time++) await expectAccepted(await user.write(MOMENT, 75));
    await user.write(MOMENT + 1, 76);
    expect(await listener.heard(2)).toEqual([readingBody(MOMENT, 75), readingBody(MOMENT + 1, 76)]);
    expect(await user.stored()).toEqual([
      [MOMENT, 75],
      [MOMENT + 1, 76],
    ]);
  });

  test("with another heart rate the first one stays", async () => {
    const user = await newUser();
    using listener = await Listener.open(shared().origin, user.token);
    await expectAccepted(await user.write(MOMENT, 75));
    await expectAccepted(await user.write(MOMENT, 180));
    expect((await latest(shared().origin, user.token))?.data.heart_rate).toBe(75);
    await user.write(MOMENT + 1, 76);
    expect(await listener.heard(2)).toEqual([readingBody(MOMENT, 75), readingBody(MOMENT + 1, 76)]);
    expect((await user.stored())[0]).toEqual([MOMENT, 75]);
  });

  test("sent a hundred times at once, it is stored once and streamed once", async () => {
    const user = await newUser();
    using listener = await Listener.open(shared().origin, user.token);
    const answers = await Promise.all(Array.from({ length: 100 }, () => user.write(MOMENT, 75)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await user.write(MOMENT + 1, 76);
    expect(await listener.heard(2)).toHaveLength(2);
    expect(await user.stored()).toHaveLength(2);
  });

  test("milliseconds, their fractions and microseconds are one time", async () => {
    const user = await newUser();
    for (const time of [`${MOMENT}`, `${MOMENT}.75`, `${MOMENT}000`, `${MOMENT}999`]) {
      const body = `{"measured_at":${time},"data":{"heart_rate":75}}`;
      await expectAccepted(await post(shared().origin, body, bearer(user.token)));
    }
    expect(await user.stored()).toEqual([[MOMENT, 75]]);
  });

  test("zero and minus zero are one time", async () => {
    const user = await newUser();
    for (const time of ["-0", "0"]) {
      const body = `{"measured_at":${time},"data":{"heart_rate":75}}`;
      await expectAccepted(await post(shared().origin, body, bearer(user.token)));
    }
    expect(await user.stored()).toEqual([[0, 75]]);
  });

  test("the same time of another user is another reading", async () => {
    const [anna, ben] = [await newUser(), await newUser()];
    await anna.write(MOMENT, 75);
    await ben.write(MOMENT, 90);
    expect(await anna.stored()).toEqual([[MOMENT, 75]]);
    expect(await ben.stored()).toEqual([[MOMENT, 90]]);
  });

  test("the same time through another token of the same user is the same reading", async () => {
    const user = crypto.randomUUID();
    const first = await shared().token(READ_AND_WRITE, { user });
    const second = await shared().token(READ_AND_WRITE, { user });
    await write(shared().origin, first, MOMENT, 75);
    await write(shared().origin, second, MOMENT, 90);
    expect((await storedReadings(shared(), user)).map(({ bpm }) => Number(bpm))).toEqual([75]);
  });
});

describe("a reading cannot be newer than its arrival", () => {
  const ARRIVAL = MOMENT;
  const clock = { now: ARRIVAL };

  test("a clock ahead is shown as the arrival, and the next reading of a right clock replaces it", async () => {
    await using server = await startTestServer({ clock: () => clock.now as never });
    const token = await newUserToken(server);
    using listener = await Listener.open(server.origin, token);
    await write(server.origin, token, ARRIVAL + 3_600_000, 75);
    expect(await latest(server.origin, token)).toEqual({ measured_at: ARRIVAL, data: { heart_rate: 75 } });

    clock.now = ARRIVAL + 1_000;
    await write(server.origin, token, ARRIVAL + 500, 80);
    expect(await latest(server.origin, token)).toEqual({
      measured_at: ARRIVAL + 500,
      data: { heart_rate: 80 },
    });
    expect(await listener.heard(2)).toEqual([readingBody(ARRIVAL, 75), readingBody(ARRIVAL + 500, 80)]);
  });

  test("it is still known by the time that was claimed", async () => {
    await using server = await startTestServer({ clock: () => ARRIVAL as never });
    const token = await server.token(READ_AND_WRITE, { user: "anna" });
    await write(server.origin, token, ARRIVAL + 1, 75);
    await write(server.origin, token, ARRIVAL + 1, 80);
    await write(server.origin, token, ARRIVAL + 2, 85);
    const stored = await storedReadings(server, "anna");
    expect(stored.map(({ measuredAt, bpm }) => [measuredAt - ARRIVAL, Number(bpm)])).toEqual([
      [1, 75],
      [2, 85],
    ]);
  });
});
