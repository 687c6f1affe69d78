import { afterEach, describe, expect, test } from "bun:test";
import { CommandFailure } from "../../../src/cli/failure.ts";
import { createHalt, type Halt } from "../../../src/cli/sending/halt.ts";
import { REST_MS_MAX } from "../../../src/cli/sending/sender.ts";
import { describeSimulation, type SimulationTally } from "../../../src/cli/simulating/progress.ts";
import { sendHearts } from "../../../src/cli/simulating/run.ts";
import { createTimetable } from "../../../src/cli/simulating/timetable.ts";
import type { EpochMs } from "../../../src/domain/reading.ts";
import { decodeWireLine, type WireReading } from "../../../src/exchange/ndjson.ts";
import { failureOf, heart, startServer, TOKENS } from "./testServer.ts";

const REST_SECONDS_MAX = REST_MS_MAX / 1_000;

const NOON = Date.UTC(2026, 5, 1, 12) as EpochMs;

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** A server that is stopped after the test. */
function serve(answer?: Parameters<typeof startServer>[0]) {
  const started = startServer(answer);
  cleanUps.push(() => started.server.stop(true));
  return started;
}

function newHalt(): Halt {
  const halt = createHalt();
  cleanUps.push(() => halt.dispose());
  return halt;
}

function newTally(users: number): SimulationTally {
  return { users, sent: 0, errors: 0, bpm: undefined, trouble: undefined };
}

describe("sending hearts", () => {
  test("delivers each user's heart to that user, whole and in order", async () => {
    const { url, rates, times } = serve();
    const tally = newTally(2);
    const timetable = createTimetable("max", 120_000, NOON);
    await sendHearts({ baseUrl: url, tokens: TOKENS, seed: 5, timetable, halt: newHalt(), tally });
    expect(rates(TOKENS[0])).toEqual(heart(5, 120));
    const second = rates(TOKENS[1]);
    expect(heart(6, 120).slice(0, second.length)).toEqual(second);
    expect(second.length).toBeGreaterThanOrEqual(heart(6, 120).length - 1);
    for (const token of TOKENS) {
      const sent = times(token);
      expect(sent).toEqual([...sent].sort((a, b) => a - b));
      expect(sent[0]).toBeGreaterThanOrEqual(NOON - 120_000);
      expect(sent.at(-1)).toBeLessThan(NOON);
    }
    expect(tally.sent).toBe(rates(TOKENS[0]).length + second.length);
    expect(tally.bpm).toBe(heart(5, 120).at(-1));
  });

  test("keeps the pace that the speed asks for", async () => {
    const { url, rates } = serve();
    const timetable = createTimetable(50, 30_000, Date.now() as EpochMs);
    const startedAtMs = performance.now();
    const settings = { baseUrl: url, tokens: TOKENS.slice(0, 1), seed: 5, timetable };
    await sendHearts({ ...settings, halt: newHalt(), tally: newTally(1) });
    expect(performance.now() - startedAtMs).toBeGreaterThan(550);
    expect(rates(TOKENS[0])).toEqual(heart(5, 30));
  });

  test("drops nothing while the server fails, counts the errors and says what is wrong", async () => {
    const answers = [500, 503, 429, 408];
    const { url, rates } = serve((_, request) => {
      const status = request % 3 === 0 ? answers[request % 4] : undefined;
      return status === undefined ? undefined : new Response("busy", { status });
    });
    const tally = newTally(1);
    const troubles = new Set<string | undefined>();
    const watching = setInterval(() => troubles.add(tally.trouble), 1);
    const settings = { baseUrl: url, tokens: TOKENS.slice(0, 1), seed: 9, halt: newHalt(), tally };
    await sendHearts({ ...settings, timetable: createTimetable("max", 10_000, NOON) });
    clearInterval(watching);
    expect(rates(TOKENS[0])).toEqual(heart(9, 10));
    expect(tally.errors).toBeGreaterThanOrEqual(4);
    expect([...troubles].some((trouble) => trouble?.includes("the server answers"))).toBe(true);
    expect(tally.trouble).toBeUndefined();
  });

  test.each([
    ["1", 1],
    [`${REST_SECONDS_MAX}`, REST_SECONDS_MAX],
    [`${REST_SECONDS_MAX + 1}`, REST_SECONDS_MAX],
    ["999999999", REST_SECONDS_MAX],
    ["Fri, 31 Dec 9999 23:59:59 GMT", REST_SECONDS_MAX],
  ])("with Retry-After: %s rests for %i s and says so", async (retryAfter, seconds) => {
    const { url } = serve(
      () => new Response("busy", { status: 503, headers: { "retry-after": retryAfter } }),
    );
    const halt = newHalt();
    const tally = newTally(1);
    const timetable = createTimetable(1, undefined, Date.now() as EpochMs);
    const sending = sendHearts({ baseUrl: url, tokens: TOKENS.slice(0, 1), seed: 5, timetable, halt, tally });
    while (tally.errors < 1) await Bun.sleep(5);
    expect(tally.trouble).toBe(`the server answers 503, resting ${seconds} s`);
    halt.begin();
    await sending;
  });

  test("waits for a server that is not there yet", async () => {
    const placeholder = serve();
    const { port } = placeholder.url;
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
    const halt = newHalt();
    const tally = newTally(1);
    const timetable = createTimetable("max", 5_000, NOON);
    const sending = sendHearts({
      baseUrl: placeholder.url,
      tokens: TOKENS.slice(0, 1),
      seed: 1,
      timetable,
      halt,
      tally,
    });
    while (tally.errors < 2) await Bun.sleep(5);
    const received: WireReading[] = [];
    const late = Bun.serve({
      port: Number(port),
      hostname: "127.0.0.1",
      async fetch(request) {
        received.push(decodeWireLine(await request.text()).reading!);
        return Response.json({});
      },
    });
    cleanUps.push(() => late.stop(true));
    await sending;
    expect(received.map(({ heartRate }) => heartRate)).toEqual(heart(1, 5));
  });

  test("stops every user when one token is refused, and says whose and why, without the token", async () => {
    const { url } = serve((token) =>
      token === TOKENS[1]
        ? Response.json({ error_code: 7005, error_message: "token_not_found" }, { status: 401 })
        : undefined,
    );
    const timetable = createTimetable(1, undefined, Date.now() as EpochMs);
    const settings = {
      baseUrl: url,
      tokens: TOKENS,
      seed: 5,
      timetable,
      halt: newHalt(),
      tally: newTally(2),
    };
    const error = await failureOf(sendHearts(settings));
    expect(error).toBeInstanceOf(CommandFailure);
    expect(error.message).toContain("User 2 of 2");
    expect(error.message).toContain("revoked");
    expect(error.message).not.toContain(TOKENS[1]);
  });

  test("ends in order when asked to, also while the server is away", async () => {
    const { url } = serve(() => new Response("busy", { status: 503 }));
    const halt = newHalt();
    const tally = newTally(1);
    const timetable = createTimetable(1, undefined, Date.now() as EpochMs);
    const sending = sendHearts({ baseUrl: url, tokens: TOKENS.slice(0, 1), seed: 5, timetable, halt, tally });
    while (tally.errors < 2) await Bun.sleep(5);
    halt.begin();
    await sending;
    expect(tally.sent).toBe(0);
  });
});

test("the progress line says users, readings sent, errors, the first user's rate, and what is wrong", () => {
  const tally = { users: 2, sent: 1234, errors: 1, bpm: 72, trouble: "the server answers 503" };
  expect(describeSimulation(tally)).toBe(
    "2 users, 1,234 readings sent, 1 error, 72 bpm (first user), trying again: the server answers 503",
  );
  expect(describeSimulation(newTally(1))).toBe("1 user, 0 readings sent, 0 errors");
});
