import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { makeUsers } from "../support/faults/dataFolder.ts";
import { memoryBytes } from "../support/faults/observed.ts";
import { RoughClient } from "../support/faults/roughClient.ts";
import { ServerProcess } from "../support/faults/serverProcess.ts";
import { throwAwayFolder, write } from "../support/server.ts";

const TEST_MS_MAX = 120_000;
const MEBIBYTE = 2 ** 20;
const IDLE_SECONDS = 2;

/** Bun looks for idle connections every four seconds, and gives the first request's head ten. */
const CUT_MS_MAX = 30_000;

/** What the floods of one test may cost: much less than what they send. */
const MEMORY_GROWTH_MAX = 64 * MEBIBYTE;

/** How long a well-behaved client may wait meanwhile. */
const ANSWER_MS_MAX = 3_000;

const folder = throwAwayFolder();
let server: ServerProcess;
let token: string;
let measuredAt = Date.now() - 3_600_000;

beforeAll(async () => {
  token = (await makeUsers(folder, ["ada"])).get("ada") as string;
  server = await ServerProcess.start({ folder, limits: { requestIdleSeconds: IDLE_SECONDS } });
});
afterAll(async () => {
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

test(
  "a flood of headers is refused with 431 and costs next to no memory",
  async () => {
    const start = "GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    const [long] = await openClients(1);
    long?.send(`${start}X-Long: ${"h".repeat(20_000)}\r\n\r\n`);
    await expectAnswer(long, "HTTP/1.1 431 ");

    const endless = "X-Flood: heart heart heart heart heart heart\r\n".repeat(100);
    const many = Array.from({ length: 20_000 }, (_, number) => `X-${number}: heart\r\n`).join("");
    await withBoundedMemory(async () => {
      for (const piece of [`X-Long: ${"h".repeat(MEBIBYTE)}`, many, endless]) {
        const clients = await openClients(50);
        for (const client of clients) client.send(start);
        await Promise.all(clients.map((client) => client.flood(piece, 50 * MEBIBYTE)));
        await Promise.all(clients.map(endsInTime));
        // Who is still sending when it is cut may not get to read the answer.
        for (const { answer } of clients) expect(answer).toMatch(/^(HTTP\/1\.1 431 |$)/);
        close(clients);
      }
    });
    close([long as RoughClient]);
  },
  TEST_MS_MAX,
);

test(
  "a client that sends one byte a second, or nothing more, is cut, and nobody waits for it",
  async () => {
    const declared = head("Content-Length: 1000");
    const chunked = head("Transfer-Encoding: chunked");
    const manners: readonly (readonly [start: string, byte: string | undefined])[] = [
      ["", undefined],
      ["POST /api/v1/da", undefined],
      ["GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", "h"],
      [declared, undefined],
      [declared, " "],
      [chunked, undefined],
      [chunked, "1\r\n \r\n"],
      ["GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", undefined],
    ];
    const clients = await openClients(manners.length * 10);
    const ends = clients.map((client, number) => {
      const [start, byte] = manners[number % manners.length] as (typeof manners)[number];
      client.send(start);
      if (byte !== undefined) void client.drip(byte);
      return endsInTime(client);
    });
    const all = Promise.all(ends).then(() => "all cut");
    while ((await Promise.race([all, Bun.sleep(500)])) === undefined) await expectService();
    close(clients);
  },
  TEST_MS_MAX,
);

test(
  "a body declared as a gigabyte is refused at once, and costs no memory when it is sent all the same",
  async () => {
    const start = head("Content-Length: 1073741824");
    const [silent] = await openClients(1);
    silent?.send(start);
    await expectAnswer(silent, "HTTP/1.1 413 ");
    await withBoundedMemory(async () => {
      const clients = await openClients(4);
      for (const client of clients) client.send(start);
      await Promise.all(clients.map((client) => client.flood("h".repeat(65_536), 128 * MEBIBYTE)));
      for (const client of clients) await expectAnswer(client, "HTTP/1.1 413 ");
      close(clients);
    });
    close([silent as RoughClient]);
  },
  TEST_MS_MAX,
);

test(
  "a body in chunks without an end is refused, and costs no memory",
  async () => {
    await withBoundedMemory(async () => {
      for (const chunk of [`10000\r\n${"h".repeat(65_536)}\r\n`, "1\r\nh\r\n".repeat(1_000)]) {
        const clients = await openClients(4);
        for (const client of clients) client.send(head("Transfer-Encoding: chunked"));
        await Promise.all(clients.map((client) => client.flood(chunk, 64 * MEBIBYTE)));
        for (const client of clients) await expectAnswer(client, "HTTP/1.1 413 ");
        close(clients);
      }
    });
  },
  TEST_MS_MAX,
);

test(
  "a client that asks and asks and never reads an answer is cut, and costs little memory",
  async () => {
    const requests = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".repeat(500);
    await withBoundedMemory(async () => {
      const clients = await openClients(10);
      for (const client of clients) client.stopReading();
      await Promise.all(clients.map((client) => client.flood(requests, 64 * MEBIBYTE)));
      await Promise.all(clients.map(endsInTime));
      close(clients);
    });
  },
  TEST_MS_MAX,
);

test(
  "two thousand connections that say nothing, or nothing more, are closed, and others are served meanwhile",
  async () => {
    await withBoundedMemory(async () => {
      const clients = await openClients(2_000);
      for (const [number, client] of clients.entries()) {
        if (number % 2 === 0) client.send("GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
      }
      await expectService();
      await Promise.all(clients.map(endsInTime));
      close(clients);
    });
  },
  TEST_MS_MAX,
);

function head(length: string): string {
  return `POST /api/v1/data HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n${length}\r\n\r\n`;
}

function openClients(count: number): Promise<RoughClient[]> {
  return Promise.all(Array.from({ length: count }, () => RoughClient.open(server.origin)));
}

function close(clients: readonly RoughClient[]): void {
  for (const client of clients) client[Symbol.dispose]();
}

async function endsInTime(client: RoughClient): Promise<void> {
  await Promise.race([client.ended, Bun.sleep(CUT_MS_MAX)]);
  expect(client.hasEnded).toBe(true);
}

async function expectAnswer(client: RoughClient | undefined, start: string): Promise<void> {
  const until = performance.now() + ANSWER_MS_MAX;
  while (client?.answer === "" && performance.now() < until) await Bun.sleep(10);
  expect(client?.answer).toStartWith(start);
}

/** A well-behaved client is served at once. */
async function expectService(): Promise<void> {
  const askedAt = performance.now();
  const response = await write(server.origin, token, measuredAt++, 70);
  expect(response.status).toBe(200);
  expect(performance.now() - askedAt).toBeLessThan(ANSWER_MS_MAX);
}

async function withBoundedMemory(flood: () => Promise<void>): Promise<void> {
  await expectService();
  const before = await memoryBytes(server.origin);
  await flood();
  await expectService();
  expect((await memoryBytes(server.origin)) - before).toBeLessThan(MEMORY_GROWTH_MAX);
}
