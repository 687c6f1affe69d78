import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashToken, makeToken } from "../../src/auth/tokens.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import { MANUAL_CLIENT_ID } from "../../src/storage/directory.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { ServerProcess } from "../support/faults/serverProcess.ts";
import { freePort } from "../support/freePort.ts";
import { throwAwayFolder, write } from "../support/server.ts";

/** The official client has no jitter: a restart brings everybody back in step. */
const CLIENTS = 10_000;

/** In processes of their own, so that neither is the limit. */
const CROWDS = 2;

/** All must be back this long after the restart: the fourth attempt is 24 s after the first close. */
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
  readonly refused: number;
  readonly gaveUp: number;
  readonly reason: string | null;
}

test("ten thousand clients that come back in step after a restart are all served within 30 s, and none is answered 401", async () => {
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
    server = await ServerProcess.start({ folder: data, environment });
    const restartedAt = performance.now();
    await until(
      crowds,
      ({ connected, closes }) => connected === CLIENTS && (closes[1001] ?? 0) >= CLIENTS,
      BACK_WITHIN_MS,
    );
    const tookMs = performance.now() - restartedAt;
    console.error(`${CLIENTS} clients were back ${(tookMs / 1000).toFixed(1)} s after the restart.`);
    expect(total(crowds)).toMatchObject({ refused: 0, gaveUp: 0, reason: null });
    // They are not only connected: they hear.
    for (const token of tokens.slice(0, 200)) await write(server.origin, token, Date.now(), 72);
    await until(crowds, ({ heard }) => heard === 200, 10_000);
  } finally {
    for (const crowd of crowds) crowd.kill();
    await server.stop();
  }
}, 180_000);

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
  last: Report = { connected: 0, heard: 0, closes: {}, refused: 0, gaveUp: 0, reason: null };

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
    closes: { 1001: sum(({ closes }) => closes[1001] ?? 0) },
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
