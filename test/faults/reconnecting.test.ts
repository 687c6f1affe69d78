import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashToken, makeToken } from "../../src/auth/tokens.ts";
import { runConformance } from "../../src/conformance/index.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import { MANUAL_CLIENT_ID } from "../../src/storage/directory.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { ServerProcess } from "../support/faults/serverProcess.ts";
import { freePort } from "../support/freePort.ts";
import { OfficialClient } from "../support/officialClient.ts";
import { READ_AND_WRITE, startTestServer, throwAwayFolder, write } from "../support/server.ts";

/** The official client has no jitter: a restart brings everybody back in step. */
const CLIENTS = 10_000;

/** In processes of their own, so that neither is the limit. */
const CROWDS = 2;

/** How often everybody comes back in vain before the server is there again: 2 s after the close, and 4 s after that. */
const WAVES_IN_VAIN = 2;

/** All must be back this long after the restart: the third attempt is 8 s after the second, and the fourth 10 s later. */
const BACK_WITHIN_MS = 30_000;

/** Connections of the clients, and what the server keeps free beside them. */
const DESCRIPTORS_MIN = CLIENTS + 1_000;

/** Bun asks 256 at a time unless told otherwise, and the wave would be a row. */
const ASK_AT_ONCE = { BUN_CONFIG_MAX_HTTP_REQUESTS: "65535" };

const folder = throwAwayFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Report {
  readonly connected: number;
  readonly heard: number;
  readonly closes: Readonly<Record<string, number>>;
  /** How often each of them, at the least, found nobody there. */
  readonly waves: number;
  readonly refused: number;
  readonly gaveUp: number;
  readonly reason: string | null;
}

test.concurrent("ten thousand clients that come back in step after a restart are all served within 30 s, and none is answered 401", async () => {
  expectDescriptors();
  const data = join(folder, "data");
  const environment = { HEARTWIRE_PORT: String(freePort()) };
  await (await ServerProcess.start({ folder: data, environment })).stop();
  const tokens = await makeTokens(join(data, "control.db"));

  let server = await ServerProcess.start({ folder: data, environment });
  const crowds = Array.from({ length: CROWDS }, (_, crowd) => {
    const file = join(folder, `tokens-${crowd}.txt`);
    writeFileSync(file, tokens.filter((_, place) => place % CROWDS === crowd).join("\n"));
    return new Crowd(server.origin, file);
  });
  try {
    await until(crowds, ({ connected }) => connected === CLIENTS, 60_000);
    await server.stop();
    await until(crowds, ({ waves }) => waves >= WAVES_IN_VAIN, 30_000);
    server = await ServerProcess.start({ folder: data, environment });
    const restartedAt = performance.now();
    await until(crowds, ({ connected }) => connected === CLIENTS, BACK_WITHIN_MS);
    const tookMs = performance.now() - restartedAt;
    console.error(`${CLIENTS} clients were back ${(tookMs / 1000).toFixed(1)} s after the restart.`);
    // Each was closed once and as it should be, also while it came back.
    const closes = { 1001: CLIENTS };
    expect(total(crowds)).toMatchObject({ closes, refused: 0, gaveUp: 0, reason: null });
    expect(await answeredWith401(server.origin)).toBe(0);
    // They are not only connected: they hear.
    for (const token of tokens.slice(0, 200)) await write(server.origin, token, Date.now(), 72);
    await until(crowds, ({ heard }) => heard === 200, 10_000);
  } finally {
    for (const crowd of crowds) crowd.kill();
    await server.stop();
  }
}, 180_000);

test.concurrent("a pulse that stays the same keeps the official client online for longer than its 30 s of silence", async () => {
  await using server = await startTestServer();
  const token = await server.token(READ_AND_WRITE);
  const client = new OfficialClient(server.origin, token);
  await client.connect();
  // The kit writes it with the times that every user of it gets, and hears it with a client of its own.
  const report = await runConformance({
    base: server.origin,
    tokens: [token],
    only: "timing.steady-pulse",
    slow: true,
  });
  expect(report).toMatchObject({ passed: 1, failed: 0 });
  expect(report.durationMs).toBeGreaterThan(30_000);
  expect(client.isOnline).toBe(true);
  expect(new Set(client.frames.map((frame) => JSON.parse(frame).data.heart_rate))).toEqual(new Set([181]));
  expect({ wasOffline: client.wasOffline, closes: client.closeCodes }).toEqual({
    wasOffline: false,
    closes: [],
  });
  client.end();
}, 180_000);

/** What the server counts, whatever the clients made of it. */
async function answeredWith401(origin: string): Promise<number> {
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  expect(metrics).toContain('heartwire_http_responses_total{status="200"}');
  return Number(/heartwire_http_responses_total\{status="401"\} (\d+)/.exec(metrics)?.[1] ?? 0);
}

/** A limit that is too low must fail here, and not look like a server that serves few. */
function expectDescriptors(): void {
  const [, soft = "0"] = /^Max open files\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  const limit = soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
  if (limit < DESCRIPTORS_MIN) {
    throw new Error(
      `A process may open ${limit} files here and needs ${DESCRIPTORS_MIN}: raise it with ulimit -n.`,
    );
  }
}

/** Ten thousand people in one transaction: each by a statement of its own would take as many fsyncs. */
async function makeTokens(file: string): Promise<readonly string[]> {
  await (await SqliteDirectory.open(file)).close();
  const database = new Database(file);
  const now = Date.now() as EpochMs;
  const profile = database.prepare(
    "INSERT INTO profile (public_id, name, created_at) VALUES (?, ?, ?) RETURNING id",
  );
  const token = database.prepare(
    `INSERT INTO access_token (hash, profile_id, client_id, scopes, created_at)
     VALUES (?, ?, '${MANUAL_CLIENT_ID}', 'data:heart_rate:read data:heart_rate:write', ?)`,
  );
  const tokens = Array.from({ length: CLIENTS }, makeToken);
  database.transaction(() => {
    for (const [place, secret] of tokens.entries()) {
      const { id } = profile.get(crypto.randomUUID(), `client ${place}`, now) as { id: number };
      token.run(hashToken(secret), id, now);
    }
  })();
  database.close();
  return tokens;
}

/** Clients in a process of their own, and what it said of them last. */
class Crowd {
  readonly #child;
  last: Report = { connected: 0, heard: 0, closes: {}, waves: 0, refused: 0, gaveUp: 0, reason: null };

  constructor(origin: string, tokenFile: string) {
    const program = join(import.meta.dir, "..", "support", "faults", "clientCrowd.ts");
    this.#child = Bun.spawn([process.execPath, program, origin, tokenFile], {
      env: { ...process.env, ...ASK_AT_ONCE },
      stdout: "pipe",
      stderr: "inherit",
    });
    void this.#listen();
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  async #listen(): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      const line = lines.at(-1);
      if (line !== undefined) this.last = JSON.parse(line);
    }
  }
}

function total(crowds: readonly Crowd[]): Report {
  const reports = crowds.map(({ last }) => last);
  const sum = (value: (report: Report) => number) => reports.reduce((all, report) => all + value(report), 0);
  return {
    connected: sum(({ connected }) => connected),
    heard: sum(({ heard }) => heard),
    closes: Object.fromEntries(
      reports
        .flatMap(({ closes }) => Object.keys(closes))
        .map((code) => [code, sum(({ closes }) => closes[code] ?? 0)]),
    ),
    waves: Math.min(...reports.map(({ waves }) => waves)),
    refused: sum(({ refused }) => refused),
    gaveUp: sum(({ gaveUp }) => gaveUp),
    reason: reports.find(({ reason }) => reason !== null)?.reason ?? null,
  };
}

/** @throws Error with the last report when it takes too long, or when a client gave up */
async function until(
  crowds: readonly Crowd[],
  isDone: (report: Report) => boolean,
  withinMs: number,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (let report = total(crowds); !isDone(report); report = total(crowds)) {
    if (performance.now() > deadline || report.gaveUp > 0) {
      throw new Error(`after ${withinMs} ms at most: ${JSON.stringify(report)}`);
    }
    await Bun.sleep(50);
  }
}
