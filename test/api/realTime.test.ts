import { describe, expect, test } from "bun:test";
import { expectError } from "../support/answers.ts";
import { Listener } from "../support/listener.ts";
import { LIVE_PATH } from "../support/rawSocket.ts";
import { bearer, latest, MOMENT } from "../support/requests.ts";
import { READ_AND_WRITE, startTestServer, write } from "../support/server.ts";
import { newUserToken, sharedServer, storedReadings } from "../support/sharedServer.ts";

/** `GET /api/v1/data/real_time`: what a listener hears. */
const shared = sharedServer();

describe("one text frame for a reading, byte for byte", () => {
  const frames = [
    ["", '{"measured_at":1625310655000,"data":{"heart_rate":40}}'],
    ["?response_mode=json", '{"measured_at":1625310655000,"data":{"heart_rate":40}}'],
    ["?response_mode=", '{"measured_at":1625310655000,"data":{"heart_rate":40}}'],
    ["?response_mode=text_plain_only_heart_rate", "40"],
    ["?response_mode=legacy_json", '{"timestamp":1625310655000,"data":{"heartRate":40}}'],
  ] as const;
  for (const [query, frame] of frames) {
    test(query === "" ? "without a mode" : query, async () => {
      const token = await newUserToken(shared());
      using listener = await Listener.open(shared().origin, token, query);
      await write(shared().origin, token, 1625310655000, 40);
      // The very first frame is the reading: a greeting would make the official client show "online".
      expect(await listener.heard(1)).toEqual([frame]);
    });
  }

  test("listeners of every mode hear the same reading side by side", async () => {
    const token = await newUserToken(shared());
    const listeners: Listener[] = [];
    for (const [query] of frames) listeners.push(await Listener.open(shared().origin, token, query));
    await write(shared().origin, token, 1625310655000, 40);
    for (const [index, listener] of listeners.entries()) {
      expect(await listener.heard(1)).toEqual([(frames[index] as readonly string[])[1] as string]);
      listener[Symbol.dispose]();
    }
  });

  test("a mode that the route does not have is 400 before the upgrade", async () => {
    const token = await newUserToken(shared());
    await expectError(
      await fetch(`${shared().origin}${LIVE_PATH}?response_mode=xml`, { headers: bearer(token) }),
      {
        status: 400,
        code: 8001,
        message: "response_mode: expected one of json, text_plain_only_heart_rate, legacy_json",
      },
    );
  });
});

describe("which readings are heard", () => {
  const PLAIN = "?response_mode=text_plain_only_heart_rate";

  test("every new one, in the order in which they were written", async () => {
    const token = await newUserToken(shared());
    using listener = await Listener.open(shared().origin, token, PLAIN);
    const rates = Array.from({ length: 200 }, (_, index) => 60 + (index % 90));
    for (const [index, bpm] of rates.entries()) {
      await write(shared().origin, token, MOMENT + index, bpm);
    }
    expect(await listener.heard(rates.length)).toEqual(rates.map(String));
  });

  test("a pulse that stays the same is still sent", async () => {
    const token = await newUserToken(shared());
    using listener = await Listener.open(shared().origin, token, PLAIN);
    for (let second = 0; second < 5; second++) {
      await write(shared().origin, token, MOMENT + second * 1_000, 72);
    }
    expect(await listener.heard(5)).toEqual(["72", "72", "72", "72", "72"]);
  });

  test("one that was measured long ago and comes late", async () => {
    const token = await newUserToken(shared());
    using listener = await Listener.open(shared().origin, token);
    await write(shared().origin, token, MOMENT, 75);
    await write(shared().origin, token, MOMENT - 86_400_000, 60);
    expect(await listener.heard(2)).toEqual([
      '{"measured_at":1709312400000,"data":{"heart_rate":75}}',
      '{"measured_at":1709226000000,"data":{"heart_rate":60}}',
    ]);
    expect((await latest(shared().origin, token))?.data.heart_rate).toBe(75);
  });

  test("none from before the socket was opened", async () => {
    const token = await newUserToken(shared());
    await write(shared().origin, token, MOMENT, 75);
    using listener = await Listener.open(shared().origin, token, PLAIN);
    await write(shared().origin, token, MOMENT + 1, 76);
    expect(await listener.heard(1)).toEqual(["76"]);
  });

  test("none that was refused", async () => {
    const token = await newUserToken(shared());
    using listener = await Listener.open(shared().origin, token, PLAIN);
    expect((await write(shared().origin, token, -1, 70)).status).toBe(400);
    expect((await write(shared().origin, token, MOMENT, 70_000)).status).toBe(400);
    await write(shared().origin, token, MOMENT, 76);
    expect(await listener.heard(1)).toEqual(["76"]);
  });

  test("never another user's", async () => {
    const [anna, ben] = [await newUserToken(shared()), await newUserToken(shared())];
    using toAnna = await Listener.open(shared().origin, anna, PLAIN);
    using toBen = await Listener.open(shared().origin, ben, PLAIN);
    await write(shared().origin, anna, MOMENT, 61);
    await write(shared().origin, ben, MOMENT, 62);
    await write(shared().origin, anna, MOMENT + 1, 63);
    expect(await toAnna.heard(2)).toEqual(["61", "63"]);
    expect(await toBen.heard(1)).toEqual(["62"]);
  });

  test("by every token of the user", async () => {
    const user = crypto.randomUUID();
    const writer = await shared().token(["data:heart_rate:write"], { user });
    const reader = await shared().token(["data:heart_rate:read"], { user });
    using listener = await Listener.open(shared().origin, reader, PLAIN);
    await write(shared().origin, writer, MOMENT, 75);
    expect(await listener.heard(1)).toEqual(["75"]);
  });

  test("by the others still, when one listener leaves", async () => {
    const token = await newUserToken(shared());
    const leaving = await Listener.open(shared().origin, token, PLAIN);
    using staying = await Listener.open(shared().origin, token, PLAIN);
    leaving[Symbol.dispose]();
    await leaving.closed;
    await write(shared().origin, token, MOMENT, 75);
    expect(await staying.heard(1)).toEqual(["75"]);
    using coming = await Listener.open(shared().origin, token, PLAIN);
    await write(shared().origin, token, MOMENT + 1, 76);
    expect(await coming.heard(1)).toEqual(["76"]);
    expect(await staying.heard(2)).toEqual(["75", "76"]);
  });

  test("written at once by many connections, in the order in which the store took them", async () => {
    const user = crypto.randomUUID();
    const token = await shared().token(READ_AND_WRITE, { user });
    using listener = await Listener.open(shared().origin, token);
    const times = Array.from({ length: 1_000 }, (_, index) => MOMENT + ((index * 7_919) % 1_000));
    await Promise.all(times.map((time) => write(shared().origin, token, time, 75)));
    const heard = (await listener.heard(times.length)).map(
      (frame) => (JSON.parse(frame) as { measured_at: number }).measured_at,
    );
    const stored = [...(await storedReadings(shared(), user))];
    stored.sort((a, b) => (a.sequence as number) - (b.sequence as number));
    expect(heard).toEqual(stored.map(({ measuredAt }) => measuredAt));
  });
});

test("the token may be a query parameter, as browsers must send it", async () => {
  const token = await newUserToken(shared());
  const url = `${shared().origin.replace("http", "ws")}${LIVE_PATH}?access_token=${token}`;
  const socket = new WebSocket(url);
  const frame = new Promise((resolve) => {
    socket.onmessage = ({ data }) => resolve(data);
  });
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  await write(shared().origin, token, MOMENT, 75);
  expect(await frame).toBe('{"measured_at":1709312400000,"data":{"heart_rate":75}}');
  socket.close();
});

test("what is written over one loopback address is heard over the other", async () => {
  await using server = await startTestServer({ environment: { HEARTWIRE_HOST: "" } });
  const token = await newUserToken(server);
  const { port } = server.server.url;
  const [four, six] = [`http://127.0.0.1:${port}`, `http://[::1]:${port}`];
  using onFour = await Listener.open(four, token);
  using onSix = await Listener.open(six, token);
  await write(six, token, MOMENT, 75);
  await write(four, token, MOMENT + 1, 76);
  expect(await onFour.heard(2)).toEqual([...(await onSix.heard(2))]);
});
