import { afterAll, beforeEach, expect, test } from "bun:test";
import { cpSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { seededRandom } from "../../src/domain/random.ts";
import { FILES } from "../../src/storage/sqlite/files.ts";
import { checkFolder, makeUsers } from "../support/faults/dataFolder.ts";
import { Ledger } from "../support/faults/ledger.ts";
import { startLoad } from "../support/faults/load.ts";
import { ServerProcess } from "../support/faults/serverProcess.ts";
import { Listener } from "../support/listener.ts";
import { throwAwayFolder } from "../support/server.ts";

const TEST_MS_MAX = 120_000;
const USERS = ["ada", "ben", "cy"];

/** An end that takes this long waits for something that nobody needs. */
const STOP_MS_MAX = 5_000;

const folders: string[] = [];
let folder = "";
beforeEach(() => {
  folder = throwAwayFolder();
  folders.push(folder);
});
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

/** Readings that are answered before the server is asked to end: it is in the midst of them. */
const ANSWERED_MIN = 1_000;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(
    `${signal} under load ends in order: no accepted reading is lost, listeners are closed with 1001`,
    async () => {
      const tokens = await makeUsers(folder, USERS);
      const ledger = new Ledger(USERS);
      await using server = await ServerProcess.start({ folder });
      const listeners = await Promise.all(
        [...tokens.values()].map((token) => Listener.open(server.origin, token)),
      );
      const random = seededRandom(1);
      const load = startLoad({ origin: server.origin, ledger, tokens, connections: 48, random });
      // As many as it takes, however slow the machine is.
      while (ledger.answeredCount <= ANSWERED_MIN) await Bun.sleep(20);

      const askedAt = performance.now();
      server.signal(signal);
      const { exitCode, stdout, stderr } = await server.ended();
      const tookMs = performance.now() - askedAt;
      await load.stop();

      expect({ exitCode, stdout, stderr }).toEqual({
        exitCode: 0,
        stdout: "",
        stderr: expect.stringMatching(/\nStopping: [^\n]+\nStopped\.\n$/),
      });
      expect(tookMs).toBeLessThan(STOP_MS_MAX);
      const codes = await Promise.all(listeners.map(async ({ closed }) => (await closed).code));
      expect(codes).toEqual(listeners.map(() => 1001));
      expect([...load.refusals]).toEqual([]);
      expect((await checkFolder(folder, ledger)).wrong).toEqual([]);
      for (const [index, { frames }] of listeners.entries()) {
        const heard = frames.map(toReading);
        expect(heard.length).toBeGreaterThan(50);
        // What was heard was sent; that all that was answered is stored was checked above.
        const wrong = ledger.check(USERS[index] as string, heard);
        expect(wrong.filter((finding) => !finding.endsWith("answered 200 and not stored"))).toEqual([]);
      }
    },
    TEST_MS_MAX,
  );
}

test(
  "after an orderly end readings.db alone holds every reading",
  async () => {
    const tokens = await makeUsers(folder, USERS);
    const ledger = new Ledger(USERS);
    await using server = await ServerProcess.start({ folder });
    const random = seededRandom(1);
    const load = startLoad({ origin: server.origin, ledger, tokens, connections: 8, random });
    await Bun.sleep(200);
    await load.stop();
    server.signal("SIGTERM");
    await server.ended();

    const copy = throwAwayFolder();
    folders.push(copy);
    for (const name of [FILES.readings, FILES.control]) cpSync(join(folder, name), join(copy, name));
    const { wrong, stored } = await checkFolder(copy, ledger);
    expect({ wrong, stored }).toEqual({ wrong: [], stored: ledger.answeredCount });
  },
  TEST_MS_MAX,
);

test(
  "a second signal ends at once, also when a request would hold up the end",
  async () => {
    const tokens = await makeUsers(folder, USERS);
    await using server = await ServerProcess.start({ folder });
    const { port } = new URL(server.origin);
    const slow = connect(Number(port), "127.0.0.1");
    slow.on("error", () => {});
    slow.write(
      `POST /api/v1/data HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${tokens.get("ada")}\r\nContent-Length: 100\r\n\r\n{`,
    );
    await Bun.sleep(300);
    server.signal("SIGINT");
    await Bun.sleep(1_000);
    expect(server.stderr).toEndWith("Ctrl-C again stops at once.\n");
    const askedAt = performance.now();
    server.signal("SIGINT");
    const { exitCode, stderr } = await server.ended();
    slow.destroy();
    expect(performance.now() - askedAt).toBeLessThan(1_000);
    // The signal itself ends it, as it would without us.
    expect(exitCode).toBeNull();
    expect(stderr).not.toContain("Stopped.");
  },
  TEST_MS_MAX,
);

test(
  "a signal that a service manager sends to the start script and to the server ends in order too",
  async () => {
    for (const gapMs of [0, 1, 20]) {
      await using server = await ServerProcess.start({ folder });
      server.signal("SIGTERM");
      await Bun.sleep(gapMs);
      server.signal("SIGTERM");
      const { exitCode, stderr } = await server.ended();
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining("Stopped.") });
    }
  },
  TEST_MS_MAX,
);

test(
  "another start is quick, prints no secret and leaves first-run.txt alone",
  async () => {
    const file = join(folder, FILES.firstRun);
    const first = await startAndStop();
    const introduction = readFileSync(file, "utf8");
    const token = /Token +(\S{36})/.exec(introduction)?.[1] as string;
    const { mtimeMs, mode } = statSync(file);
    expect(mode & 0o777).toBe(0o600);
    expect(first.stderr).toContain(file);
    expect(first.stdout + first.stderr).not.toContain(token);

    const second = await startAndStop();
    expect(second.startMs).toBeLessThan(STOP_MS_MAX);
    expect(second.stdout + second.stderr).not.toMatch(/first.run|[0-9a-f]{8}-[0-9a-f]{4}-/i);
    expect({ text: readFileSync(file, "utf8"), mtimeMs: statSync(file).mtimeMs }).toEqual({
      text: introduction,
      mtimeMs,
    });

    // The owner may throw the file away once it is read: it does not come back.
    rmSync(file);
    await startAndStop();
    expect(existsSync(file)).toBe(false);
  },
  TEST_MS_MAX,
);

async function startAndStop() {
  const startedAt = performance.now();
  await using server = await ServerProcess.start({ folder });
  const startMs = performance.now() - startedAt;
  server.signal("SIGTERM");
  const ended = await server.ended();
  expect(ended.exitCode).toBe(0);
  return { ...ended, startMs };
}

function toReading(frame: string): { measuredAt: number; bpm: number } {
  const { measured_at, data } = JSON.parse(frame);
  return { measuredAt: measured_at, bpm: data.heart_rate };
}
