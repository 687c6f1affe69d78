import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import {
  GIVE_UP_AFTER_SECONDS_MAX,
  IN_FLIGHT_MAX,
  SPEED_MAX,
  SPEED_MIN,
} from "../../src/cli/sending/settings.ts";
import { type Received, RecordingServer } from "./sending/recordingServer.ts";
import { ndjson, runSend, secondsOfPulse, startSend, TOKEN, until } from "./sending/runSend.ts";

const RECORDINGS = join(import.meta.dir, "../recordings");
const STDIN = ["--file", "-", "--format", "ndjson", "--speed", "max"];

const IN_FLIGHT_EXPECTED = `--in-flight: expected a whole number from 1 to ${IN_FLIGHT_MAX}`;
const SPEED_EXPECTED = `--speed: expected a number from ${SPEED_MIN} to ${SPEED_MAX}, or max`;

let server: RecordingServer;
let folder: string;

beforeEach(async () => {
  server = await new RecordingServer().start();
  folder = mkdtempSync(join(tmpdir(), "heartwire-send-"));
});

afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function bodies(): string[] {
  return server.received.map(({ body }) => body);
}

function times(): number[] {
  return bodies().map((body) => (JSON.parse(body) as { measured_at: number }).measured_at);
}

function gapsMs(received: readonly Received[]): number[] {
  return received.slice(1).map(({ atMs }, index) => atMs - received[index]!.atMs);
}

describe("one value", () => {
  test("is sent as measured now, in the exact shape of the wire, with the token in the header", async () => {
    const before = Date.now();
    const { code, stdout, stderr } = await runSend(server.url, ["72"]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "Sent 72 bpm.\n" });
    const [request] = server.received;
    expect(request).toMatchObject({ path: "/api/v1/data", authorization: `Bearer ${TOKEN}` });
    const measuredAt = times()[0]!;
    expect(request?.body).toBe(`{"measured_at":${measuredAt},"data":{"heart_rate":72}}`);
    expect(measuredAt).toBeWithin(before, Date.now() + 1);
  });

  test("that could not be delivered is sent again, with the same time", async () => {
    server.fault = (number) =>
      number === 1 ? "cut after storing" : number === 2 ? { status: 503 } : undefined;
    const { code } = await runSend(server.url, ["72"]);
    expect(code).toBe(0);
    expect(server.received.length).toBe(3);
    expect(new Set(bodies()).size).toBe(1);
  });

  test("of 0 is sent, and the user is told that it is not kept", async () => {
    const { stderr } = await runSend(server.url, ["0"]);
    expect(stderr).toContain("Sent 0 bpm. The server does not keep a rate of 0 or below.");
    expect(bodies()[0]).toContain('"heart_rate":0}');
  });

  test("works under an address with a path, as behind a proxy", async () => {
    expect((await runSend(`${server.url}/heart`, ["72"])).code).toBe(0);
    expect(server.received[0]?.path).toBe("/heart/api/v1/data");
  });
});

describe("wrong usage is exit code 2, sends nothing and says what was expected:", () => {
  test.each([
    [[], "Say what to send"],
    [["72.5"], 'whole number of at most 65535, got "72.5"'],
    [["fast"], 'got "fast"'],
    [["65536"], 'got "65536"'],
    [["72", "--file", "-"], "not both"],
    [["72", "--speed", "10"], "--speed goes with --file"],
    [["72", "--in-flight", "2"], "--in-flight goes with --file"],
    [
      ["72", "--give-up-after", `${GIVE_UP_AFTER_SECONDS_MAX + 1}`],
      `--give-up-after: expected a number from 0 to ${GIVE_UP_AFTER_SECONDS_MAX}`,
    ],
    [["--file", "-"], "--format ndjson or --format csv"],
    [["--file", "workout.fit"], "does not end in .ndjson or .csv"],
    [["--file", "-", "--format", "xml"], "--format: expected ndjson or csv"],
    [[...STDIN, "--in-flight", "0"], IN_FLIGHT_EXPECTED],
    [[...STDIN, "--in-flight", `${IN_FLIGHT_MAX + 1}`], IN_FLIGHT_EXPECTED],
    [[...STDIN, "--in-flight", "1.5"], IN_FLIGHT_EXPECTED],
    [["--file", "-", "--format", "csv", "--speed", "0"], SPEED_EXPECTED],
    [["--file", "-", "--format", "csv", "--speed", `${SPEED_MAX + 1}`], SPEED_EXPECTED],
    [[...STDIN, "--now"], "a pipe cannot be read twice"],
    [["72", "--url", "ftp://localhost"], "--url"],
  ])("send %p", async (args, message) => {
    const { code, stdout, stderr } = await runSend(server.url, args);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(server.received).toEqual([]);
  });

  test("the bounds themselves are accepted", async () => {
    const line = ndjson([1, 65_535]);
    const bounds = [
      [
        ...["--speed", `${SPEED_MIN}`, "--in-flight", `${IN_FLIGHT_MAX}`],
        ...["--give-up-after", `${GIVE_UP_AFTER_SECONDS_MAX}`],
      ],
      ["--speed", `${SPEED_MAX}`, "--in-flight", "1", "--give-up-after", "0"],
    ];
    for (const flags of bounds) {
      expect((await runSend(server.url, ["--file", "-", "--format", "ndjson", ...flags], line)).code).toBe(0);
    }
  });
});

describe("a file", () => {
  const recordings = readdirSync(RECORDINGS).filter((name) => name.endsWith(".ndjson"));

  test.each(recordings)("of a real workout arrives reading for reading, in order: %s", async (name) => {
    const lines = readFileSync(join(RECORDINGS, name), "utf8").trimEnd().split("\n");
    const { code, stdout, stderr } = await runSend(server.url, [
      ...["--file", join(RECORDINGS, name), "--speed", "max", "--json"],
    ]);
    expect(code).toBe(0);
    expect(bodies()).toEqual(lines.map((line) => JSON.stringify(JSON.parse(line))));
    expect(JSON.parse(stdout)).toMatchObject({
      complete: true,
      delivered: lines.length,
      retries: 0,
      error: null,
    });
    expect(stderr).toContain(`Delivered ${lines.length.toLocaleString("en-US")} readings in`);
    if (name.includes("no-strap")) expect(stderr).toContain("1,808 had a rate of 0 or below");
  });

  test("arrives whole, each reading once, when 64 requests are under way at once", async () => {
    const readings = secondsOfPulse(5_000);
    const file = fileOf("pulse.jsonl", ndjson(...readings));
    const { code } = await runSend(server.url, ["--file", file, "--speed", "max", "--in-flight", "64"]);
    expect(code).toBe(0);
    expect(server.received.length).toBe(5_000);
    expect([...server.stored].sort(([a], [b]) => a - b)).toEqual(readings);
  });

  test("may be CSV from a spreadsheet: byte order mark, semicolons, quotes, CRLF, blank rows", async () => {
    const file = fileOf(
      "pulse.csv",
      '\uFEFF"Time";Power;"BPM"\r\n2024-03-01T18:00:00+01:00;"210,5";75\r\n;;\r\n\r\n1709312401000;;0\r\n',
    );
    expect((await runSend(server.url, ["--file", file, "--speed", "max"])).code).toBe(0);
    expect(bodies()).toEqual([
      '{"measured_at":1709312400000,"data":{"heart_rate":75}}',
      '{"measured_at":1709312401000,"data":{"heart_rate":0}}',
    ]);
  });

  test("without a usable header row is refused before anything is sent", async () => {
    const file = fileOf("pulse.csv", "1709312400000,75\n");
    const { code, stderr } = await runSend(server.url, ["--file", file, "--skip-invalid"]);
    expect(code).toBe(1);
    expect(stderr).toContain("pulse.csv, line 1: expected a header row");
  });

  test("that is missing or a folder is said so", async () => {
    const missing = await runSend(server.url, ["--file", join(folder, "none.csv")]);
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.stderr).toContain("There is no file");
    const notFile = await runSend(server.url, ["--file", folder, "--format", "csv"]);
    expect(notFile).toMatchObject({ code: 1 });
    expect(notFile.stderr).toContain("is a folder");
  });

  test("with two values of one time sends both: the server decides", async () => {
    await runSend(server.url, STDIN, ndjson([5, 70], [5, 71], [6, -2]));
    expect(bodies().map((body) => JSON.parse(body).data.heart_rate)).toEqual([70, 71, -2]);
  });
});

describe("a line that is no reading", () => {
  const input = `${ndjson([1, 70], [2, 71])}\n{"measured_at":3,"data":{"heart_rate":"72"}}\n${ndjson([4, 73])}`;

  test("ends the run, named by its number, after those before it were delivered", async () => {
    for (const inFlight of ["1", "64"]) {
      server.received.length = 0;
      const { code, stderr } = await runSend(server.url, [...STDIN, "--in-flight", inFlight], input);
      expect(code).toBe(1);
      expect(stderr).toContain(
        'Line 4: data.heart_rate: expected a whole number of at most 65535, got the text "72". 2 readings before it were delivered.',
      );
      expect(times().sort()).toEqual([1, 2]);
    }
  });

  test("is left out and counted with --skip-invalid", async () => {
    const { code, stdout, stderr } = await runSend(server.url, [...STDIN, "--skip-invalid", "--json"], input);
    expect(code).toBe(0);
    expect(times()).toEqual([1, 2, 4]);
    expect(JSON.parse(stdout)).toMatchObject({ complete: true, delivered: 3, skipped_lines: 1 });
    expect(stderr).toContain("Line 4 left out: data.heart_rate");
    expect(stderr).toContain("1 line left out.");
  });

  test("is named ten times at most with --skip-invalid", async () => {
    const { stderr } = await runSend(server.url, [...STDIN, "--skip-invalid"], "x\n".repeat(500));
    expect(stderr.match(/left out: expected/g)?.length).toBe(10);
    expect(stderr).toContain("500 lines left out.");
  });

  test("and has no end does not fill the memory", async () => {
    const { code, stderr } = await runSend(server.url, STDIN, ndjson([1, 70]) + "x".repeat(1_000_000));
    expect(code).toBe(1);
    expect(stderr).toContain(
      "Line 2: expected a line of at most 65536 characters. 1 reading before it was delivered.",
    );
  });
});

describe("the speed", () => {
  const steps = ndjson([1_000, 70], [1_600, 71], [1_200, 72], [1_800, 73]);
  const paced = (...flags: string[]) => ["--file", "-", "--format", "ndjson", ...flags];

  test("is that of the recording by default; a step back in time does not wait", async () => {
    await runSend(server.url, paced(), steps);
    expect(times()).toEqual([1_000, 1_600, 1_200, 1_800]);
    const [first, second, third] = gapsMs(server.received);
    expect(first).toBeWithin(550, 900);
    expect(second).toBeLessThan(200);
    expect(third).toBeWithin(550, 900);
  });

  test("of 10 is ten times that, and a fraction slows down", async () => {
    await runSend(server.url, paced("--speed", "10"), ndjson([1_000, 70], [5_000, 71]));
    expect(gapsMs(server.received)[0]).toBeWithin(350, 700);
    server.received.length = 0;
    await runSend(server.url, paced("--speed", "0.5"), ndjson([1_000, 70], [1_200, 71]));
    expect(gapsMs(server.received)[0]).toBeWithin(350, 700);
  });

  test("is caught up with after an outage: the replay takes no longer than the recording", async () => {
    server.fault = (number) => (number === 2 ? { status: 503, headers: { "retry-after": "1" } } : undefined);
    const input = ndjson([1_000, 70], [1_300, 71], [1_600, 72], [1_900, 73], [3_400, 74]);
    await runSend(server.url, paced(), input);
    const from = server.received[0]!.atMs;
    const at = server.received.map(({ atMs }) => atMs - from);
    expect(at.length).toBe(6);
    expect(at[4]! - at[2]!).toBeLessThan(200);
    expect(at[5]).toBeWithin(2_350, 2_700);
  });
});

describe("--now", () => {
  const readings = ndjson([1_000, 70], [2_000, 71], [4_000, 72]);

  test("makes the first reading of a replay now, and the others follow at the distance of the replay", async () => {
    const before = Date.now();
    await runSend(server.url, ["--file", "-", "--format", "ndjson", "--speed", "10", "--now"], readings);
    const [first, ...later] = times();
    expect(first).toBeWithin(before, Date.now());
    expect(later.map((time) => time - first!)).toEqual([100, 300]);
    expect(times().at(-1)).toBeLessThanOrEqual(Date.now());
  });

  test("with --speed max makes the last reading of a file now", async () => {
    const before = Date.now();
    const file = fileOf("pulse.ndjson", readings);
    await runSend(server.url, ["--file", file, "--speed", "max", "--now"]);
    const last = times().at(-1)!;
    expect(last).toBeWithin(before, Date.now() + 1);
    expect(times().map((time) => time - last)).toEqual([-3_000, -2_000, 0]);
  });

  test("with --speed max refuses a named pipe like standard input", async () => {
    const pipe = join(folder, "pipe.ndjson");
    expect(Bun.spawnSync(["mkfifo", pipe]).exitCode).toBe(0);
    const { code, stderr } = await runSend(server.url, ["--file", pipe, "--speed", "max", "--now"]);
    expect(stderr).toContain("a pipe cannot be read twice");
    expect(code).toBe(2);
  });
});

describe("what is printed", () => {
  test("is nothing but errors with --quiet", async () => {
    expect(await runSend(server.url, [...STDIN, "--quiet"], ndjson([1, 70]))).toEqual({
      ...{ code: 0, stdout: "", stderr: "" },
    });
    const failed = await runSend(server.url, [...STDIN, "--quiet"], "x\n");
    expect(failed.stderr).toContain("Line 1: expected a JSON object");
  });

  test("with --json is one object on standard output, also after a failure", async () => {
    const { code, stdout } = await runSend(server.url, [...STDIN, "--json"], `${ndjson([7, 70], [3, 0])}x\n`);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      complete: false,
      delivered: 2,
      zero_or_below: 1,
      skipped_lines: 0,
      retries: 0,
      elapsed_ms: expect.any(Number),
      first_measured_at: 3,
      last_measured_at: 7,
      error: expect.stringContaining("Line 3: expected a JSON object"),
    });
  });

  test("never holds the token, whatever goes wrong", async () => {
    const runs = [
      await runSend(server.url, ["72", "--json"]),
      await runSend("http://127.0.0.1:1", ["72", "--give-up-after", "0", "--json"]),
      await runSend("http://127.0.0.1:1", ["72", "--url", "nowhere"]),
    ];
    server.fault = () => ({ status: 401, body: '{"error_code":7005,"error_message":"token_not_found"}' });
    runs.push(await runSend(server.url, ["72", "--json"]));
    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toContain(TOKEN);
  });
});

describe("Ctrl-C", () => {
  test("ends a replay at once, says how much was delivered, and exits 1", async () => {
    const file = fileOf("pulse.ndjson", ndjson([1_000, 70], [1_001, 71], [9_999_000, 72]));
    const running = startSend(server.url, "--file", file);
    await until(() => server.stored.size >= 2);
    running.signal("SIGINT");
    const { code, stderr } = await running.finished;
    expect(stderr).toContain("Stopped. 2 of 3 readings were delivered, the last from line 2.");
    expect(code).toBe(1);
  });

  test("and a terminal that is closed end it alike, also when the signal comes from two sides", async () => {
    server.fault = (number) => (number > 1 ? "silence" : undefined);
    const file = fileOf("pulse.ndjson", ndjson([1_000, 70], [1_001, 72]));
    const running = startSend(server.url, "--file", file);
    await until(() => server.received.length >= 2);
    running.signal("SIGHUP");
    await Bun.sleep(20);
    running.signal("SIGHUP");
    const { code, stderr } = await running.finished;
    expect(stderr).toContain("Stopped. 1 of 2 readings were delivered, the last from line 1.");
    expect(code).toBe(1);
  });

  test("pressed again later ends it at once, as without us", async () => {
    server.fault = () => "silence";
    const running = startSend(server.url, "72");
    await until(() => server.received.length >= 1);
    running.signal("SIGINT");
    await Bun.sleep(600);
    running.signal("SIGINT");
    const { code, stderr } = await running.finished;
    expect({ code, stderr }).toEqual({ code: 128 + constants.signals.SIGINT, stderr: "" });
  });

  test("ends the wait for a silent standard input", async () => {
    const running = startSend(server.url, ...STDIN);
    running.write(ndjson([1, 70]));
    await until(() => server.stored.size >= 1);
    running.signal("SIGTERM");
    const { code, stderr } = await running.finished;
    expect(stderr).toContain("Stopped. 1 reading was delivered, the last from line 1.");
    expect(code).toBe(1);
  });

  test("ends the attempts to reach a server that lets nobody through", async () => {
    server.fault = () => "cut before storing";
    const running = startSend(server.url, "72");
    await until(() => server.received.length >= 1);
    running.signal("SIGINT");
    const { code, stderr } = await running.finished;
    expect(stderr).toContain("Stopped. The server has not confirmed the reading.");
    expect(code).toBe(1);
  });

  test("waits a moment for the answers under way, then names the lines without one", async () => {
    server.fault = (number) => (number > 2 ? "silence" : undefined);
    const file = fileOf("pulse.ndjson", ndjson(...secondsOfPulse(20)));
    const running = startSend(server.url, "--file", file, "--speed", "max", "--in-flight", "8");
    await until(() => server.received.length >= 10);
    running.signal("SIGINT");
    const { code, stderr } = await running.finished;
    expect(stderr).toContain("Stopped. 2 of 20 readings were delivered");
    expect(stderr).toMatch(/Not confirmed: lines \d+, \d+, \d+, \d+, \d+ and 3 more\./);
    expect(code).toBe(1);
  });
});
