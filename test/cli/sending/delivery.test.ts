import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createSender, NotDelivered, type SenderSettings } from "../../../src/cli/sending/sender.ts";
import { WORDS_CHARACTERS_MAX } from "../../../src/cli/serverWords.ts";
import type { EpochMs } from "../../../src/domain/reading.ts";
import { type Fault, RecordingServer } from "./recordingServer.ts";
import { ndjson, runSend, secondsOfPulse, TOKEN, until } from "./runSend.ts";

/** What a server may have on the way, in the buffers of the system, before it notices that nobody reads. */
const UNREAD_BYTES_MAX = 32 * 2 ** 20;

const STDIN = ["--file", "-", "--format", "ndjson", "--speed", "max"];

let server: RecordingServer;

beforeEach(async () => {
  server = await new RecordingServer().start();
});

afterEach(() => server.stop());

/** The times of the readings, in the order in which they were first seen. */
function firstSeen(): number[] {
  return [...new Set(server.received.map(({ body }) => JSON.parse(body).measured_at as number))];
}

describe("no reading is lost, doubled or out of order", () => {
  test("when the server is killed twice in between and started again on its port", async () => {
    const readings = secondsOfPulse(300);
    let restarts: Promise<unknown> = Promise.resolve();
    server.onStored = () => {
      if (server.stored.size !== 100 && server.stored.size !== 200) return;
      restarts = server.stop().then(async () => {
        await Bun.sleep(600);
        await server.start();
      });
    };
    const { code, stdout, stderr } = await runSend(server.url, [...STDIN, "--json"], ndjson(...readings));
    await restarts;
    expect(code).toBe(0);
    expect([...server.stored]).toEqual(readings);
    expect(JSON.parse(stdout)).toMatchObject({ complete: true, delivered: 300 });
    expect(JSON.parse(stdout).retries).toBeGreaterThanOrEqual(2);
    expect(stderr).toContain("Trying again: ");
  }, 30_000);

  test.each(["1", "16"])(
    "when one request in five fails in one of many ways, with %s requests at once",
    async (inFlight) => {
      const faults: Fault[] = [
        "cut before storing",
        "cut after storing",
        { status: 500, body: '{"error_code":6001,"error_message":"unexpected server error"}' },
        { status: 503, body: "<html>Bad gateway</html>" },
        { status: 429, headers: { "retry-after": "0" } },
        { status: 408 },
      ];
      let failures = 0;
      server.fault = (number) => (number % 5 === 0 ? faults[failures++ % faults.length] : undefined);
      const readings = secondsOfPulse(60);
      const args = [...STDIN, "--in-flight", inFlight];
      expect((await runSend(server.url, args, ndjson(...readings))).code).toBe(0);
      expect([...server.stored].sort(([a], [b]) => a - b)).toEqual(readings);
      expect(server.repeats).toBeGreaterThan(0);
      if (inFlight === "1") expect(firstSeen()).toEqual(readings.map(([time]) => time));
    },
    20_000,
  );
});

test.each(["", "{}", "[]", " \r\n"])("an answer 200 with the body %p is a delivery", async (body) => {
  server.fault = () => ({ status: 200, body });
  expect(await runSend(server.url, ["72"])).toEqual({ code: 0, stdout: "", stderr: "Sent 72 bpm.\n" });
});

describe("giving up", () => {
  test("happens after the time allowed, names the reading and says what was delivered", async () => {
    server.fault = (number) => (number > 3 ? { status: 503 } : undefined);
    const { code, stdout, stderr } = await runSend(
      server.url,
      [...STDIN, "--give-up-after", "1", "--json"],
      ndjson(...secondsOfPulse(10)),
    );
    expect(code).toBe(1);
    expect(stderr).toContain("Line 4 (63 bpm, measured at 2024-03-01T17:00:03.000Z) was not delivered.");
    expect(stderr).toContain("Gave up after 1 s without success: the server answers 503");
    expect(stderr).toContain("3 readings were delivered, the last from line 3.");
    expect(JSON.parse(stdout)).toMatchObject({
      complete: false,
      delivered: 3,
      elapsed_ms: expect.any(Number),
    });
    expect(JSON.parse(stdout).elapsed_ms).toBeWithin(900, 2_000);
    expect(server.stored.size).toBe(3);
  });

  test("happens at once when the server asks for a longer rest than that", async () => {
    server.fault = () => ({ status: 503, headers: { "retry-after": "600" } });
    const { code, stderr } = await runSend(server.url, ["72"]);
    expect(code).toBe(1);
    expect(stderr).toContain("asks us to wait 600 s");
    expect(server.received.length).toBe(1);
  });

  test("says what is wrong when nothing listens", async () => {
    await server.stop();
    const { code, stderr } = await runSend(server.url, ["72", "--give-up-after", "0"]);
    expect(code).toBe(1);
    expect(stderr).toContain("nothing listens at the server's address");
  });
});

describe("a refusal is final and says what to do:", () => {
  test.each([
    [7005, "does not know this token, or it was revoked"],
    [7006, "has expired"],
    [7009, "did not reach the server"],
    [7010, "expects a UUID"],
    [7011, "--scopes data:heart_rate:write"],
    [1234, "The server refuses the token."],
  ])("401 with error code %i", async (code, message) => {
    const body = JSON.stringify({ error_code: code, error_message: "the_reason" });
    server.fault = () => ({ status: 401, body });
    const finished = await runSend(server.url, STDIN, ndjson([1, 70], [2, 71]));
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain(message);
    expect(finished.stderr).toContain("(answer 401, the_reason)");
    expect(server.received.length).toBe(1);
  });

  test("400 names the line and passes on what the server says", async () => {
    const refusal = { status: 400, body: '{"error_code":1,"error_message":"data.heart_rate: too lively"}' };
    server.fault = (number) => (number === 3 ? refusal : undefined);
    const { code, stderr } = await runSend(server.url, STDIN, `\n${ndjson(...secondsOfPulse(6))}`);
    expect(code).toBe(1);
    expect(stderr).toContain("Line 4 (62 bpm");
    expect(stderr).toContain("does not accept the reading: data.heart_rate: too lively");
    expect(server.received.length).toBe(3);
  });

  test("a redirect is not followed: the token goes nowhere else", async () => {
    server.fault = () => ({ status: 301, headers: { location: "https://elsewhere.example/api" } });
    const { code, stderr } = await runSend(server.url, ["72"]);
    expect(code).toBe(1);
    expect(stderr).toContain("sends us on to https://elsewhere.example/api. Give that address with --url.");
    expect(server.received.length).toBe(1);
  });

  test.each([201, 202, 204])("%i is not the 200 of the wire: the reading was not kept", async (status) => {
    server.fault = () => ({ status, body: status === 204 ? "" : "{}" });
    const { code, stderr } = await runSend(server.url, STDIN, ndjson([1, 70]));
    expect(code).toBe(1);
    expect(stderr).toContain("Line 1 (70 bpm");
    expect(stderr).toContain(`Neither Heartwire nor Pulsoid answered`);
    expect(stderr).toContain(`(answer ${status})`);
    expect(server.received.length).toBe(1);
  });

  test("200 with a page is that of something else, such as a network's log-in", async () => {
    server.fault = (number) =>
      number > 1 ? { status: 200, body: "<html>Welcome to our hotel</html>" } : undefined;
    const { code, stderr } = await runSend(server.url, STDIN, ndjson([1, 70], [2, 71], [3, 72]));
    expect(code).toBe(1);
    expect(stderr).toContain("Line 2 (71 bpm");
    expect(stderr).toContain("Neither Heartwire nor Pulsoid answered");
    expect(stderr).toContain("1 reading was delivered, the last from line 1.");
    expect(server.received.length).toBe(2);
  });

  test("what the server says is printed without its control characters, and not without end", async () => {
    const error_message = `\x1b[2J\x9b\u202e\u2028\r${"long ".repeat(1_000)}`;
    server.fault = () => ({ status: 401, body: JSON.stringify({ error_code: 7005, error_message }) });
    const refused = await runSend(server.url, ["72"]);
    server.fault = () => ({ status: 301, headers: { location: `https://\x9b2J${"x".repeat(5_000)}` } });
    const sentOn = await runSend(server.url, ["72"]);
    for (const { stderr } of [refused, sentOn]) {
      expect(stderr.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(stderr.length).toBeLessThan(WORDS_CHARACTERS_MAX + 300);
    }
  });

  test.each([401, 200])("a %i whose body has no end is given up after a piece of it", async (status) => {
    server.fault = () => ({ status, endless: "x".repeat(65_536) });
    const { code, stderr } = await runSend(server.url, ["72"]);
    expect(code).toBe(1);
    expect(stderr).toContain(`answer ${status}`);
    await until(() => server.endless.givenUp === 1);
    expect(server.endless.bytesSent).toBeLessThan(UNREAD_BYTES_MAX);
  });

  test("404 says that there is no such API", async () => {
    server.fault = () => ({ status: 404, body: "<html>" });
    expect((await runSend(server.url, ["72"])).stderr).toContain(
      "no Heartwire or Pulsoid API at this address",
    );
  });

  test("one of many requests at once ends the others too, and unconfirmed lines are named", async () => {
    server.fault = (number) => (number === 4 ? { status: 400 } : number > 4 ? "silence" : undefined);
    const { code, stderr } = await runSend(
      server.url,
      [...STDIN, "--in-flight", "4"],
      ndjson(...secondsOfPulse(50)),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Line \d \(.*was not delivered\. The server does not accept the reading: answer 400/m,
    );
    expect(stderr).toMatch(/Not confirmed: lines \d, \d, \d\./);
    expect(server.received.length).toBeLessThanOrEqual(7);
  });
});

describe("the sender", () => {
  function senderWith(changes: Partial<SenderSettings>): ReturnType<typeof createSender> {
    return createSender({
      connection: { baseUrl: new URL(server.url), token: TOKEN },
      giveUpAfterMs: 5_000,
      requestTimeoutMs: 5_000,
      random: () => 0,
      halt: { begun: new AbortController().signal, ended: new AbortController().signal },
      onRetry: () => {},
      onDelivered: () => {},
      ...changes,
    });
  }
  const reading = (time: number) => ({ measuredAt: time as EpochMs, heartRate: 70 });

  test("sends again what was not answered in time", async () => {
    server.fault = (number) => (number === 1 ? "silence" : undefined);
    const reasons: string[] = [];
    const send = senderWith({ requestTimeoutMs: 100, onRetry: (reason) => void reasons.push(reason) });
    await send(reading(1));
    expect(reasons).toEqual(["the server does not answer"]);
    expect(server.received.length).toBe(2);
  });

  test("rests for as long as Retry-After says, with everything that is under way", async () => {
    server.fault = (number) => (number === 1 ? { status: 429, headers: { "retry-after": "1" } } : undefined);
    const send = senderWith({});
    const first = send(reading(1));
    await Bun.sleep(200);
    await Promise.all([first, send(reading(2))]);
    const [refused, ...later] = server.received;
    expect(later.length).toBe(2);
    for (const { atMs } of later) expect(atMs - refused!.atMs).toBeGreaterThan(950);
  });

  test("counts the time to give up from the first failure, not over the silence between two readings", async () => {
    server.fault = (number) => (number === 2 ? { status: 503 } : undefined);
    const send = senderWith({ giveUpAfterMs: 300 });
    await send(reading(1));
    await Bun.sleep(500);
    await send(reading(2));
    expect(server.stored.size).toBe(2);
  });

  test("lets go of a request when told that the halt is over", async () => {
    server.fault = () => "silence";
    const halt = new AbortController();
    const sending = senderWith({ halt: { begun: halt.signal, ended: halt.signal } })(reading(1));
    await Bun.sleep(50);
    halt.abort();
    await expect(sending).rejects.toBeInstanceOf(NotDelivered);
  });
});
