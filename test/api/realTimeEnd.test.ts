import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { hashToken } from "../../src/auth/tokens.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { expectError, TOKEN_ERRORS } from "../support/answers.ts";
import { Listener } from "../support/listener.ts";
import { closeCode, LIVE_PATH, OPCODE, RawSocket } from "../support/rawSocket.ts";
import { bearer, MOMENT, VALIDATE_PATH } from "../support/requests.ts";
import { READ_AND_WRITE, startTestServer, type TestServer, write } from "../support/server.ts";
import { newUserToken, storedReadings } from "../support/sharedServer.ts";

/** How live sockets end, and how many there may be. */
const WITHIN_MS = 1_000;
const ROOT = join(import.meta.dir, "../..");

/** Revokes a token as another process does: over a connection of its own to the same folder. */
async function revoke({ folder }: TestServer, token: string): Promise<void> {
  const directory = await SqliteDirectory.open(join(folder, "control.db"));
  const record = await directory.findToken(hashToken(token));
  await directory.revokeToken(record?.id as number, Date.now() as EpochMs);
  await directory.close();
}

/** Revokes a token with the command line. */
async function revokeByCommand({ folder }: TestServer, token: string): Promise<void> {
  const command = Bun.spawn([process.execPath, "src/cli/main.ts", "token", "revoke", "-", "--data", folder], {
    cwd: ROOT,
    stdin: new Blob([token]),
    stdout: "ignore",
    stderr: "pipe",
    timeout: 30_000,
  });
  const said = await new Response(command.stderr).text();
  expect({ code: await command.exited, said }).toEqual({ code: 0, said: "Token 1 is revoked.\n" });
}

describe("a token that is revoked", () => {
  for (const [how, revokeBy] of [
    ["over another connection to the folder", revoke],
    ["on the command line", revokeByCommand],
  ] as const) {
    test(`${how} closes its sockets with 1008 within a second, and no others`, async () => {
      await using server = await startTestServer();
      const token = await server.token(READ_AND_WRITE);
      const other = await server.token(READ_AND_WRITE);
      using first = await Listener.open(server.origin, token);
      using second = await Listener.open(server.origin, token, "?response_mode=legacy_json");
      using staying = await Listener.open(server.origin, other);
      await revokeBy(server, token);
      const revokedAt = Date.now();
      for (const listener of [first, second]) {
        const { code, at } = await listener.closed;
        expect(code).toBe(1008);
        expect(at - revokedAt).toBeLessThan(WITHIN_MS);
      }
      await write(server.origin, other, MOMENT, 75);
      expect(await staying.heard(1)).toHaveLength(1);
    }, 40_000);
  }

  test("is refused within a second everywhere, though it was good a moment ago", async () => {
    await using server = await startTestServer();
    const token = await newUserToken(server);
    expect((await write(server.origin, token, MOMENT, 75)).status).toBe(200);
    await revoke(server, token);
    await Bun.sleep(WITHIN_MS);
    await expectError(await write(server.origin, token, MOMENT + 1, 75), TOKEN_ERRORS.unknown);
    const validated = await fetch(`${server.origin}${VALIDATE_PATH}`, { headers: bearer(token) });
    await expectError(validated, TOKEN_ERRORS.unknown);
    await expect(Listener.open(server.origin, token)).rejects.toThrow("refused");
  });

  test("a new token works at once, made while the server runs", async () => {
    await using server = await startTestServer();
    const command = Bun.spawn(
      [process.execPath, "src/cli/main.ts", "token", "create", "--user", "anna"].concat(
        ["--scopes", "data:heart_rate:write"],
        ["--data", server.folder],
      ),
      { cwd: ROOT, stdout: "pipe", stderr: "ignore", timeout: 30_000 },
    );
    const token = (await new Response(command.stdout).text()).trim();
    expect((await write(server.origin, token, MOMENT, 75)).status).toBe(200);
  }, 40_000);
});

test("a token that expires closes its sockets with 1008 within a second", async () => {
  await using server = await startTestServer();
  const expiresAt = Date.now() + 600;
  const token = await newUserToken(server, { expiresAt });
  using listener = await Listener.open(server.origin, token);
  const { code, at } = await listener.closed;
  expect(code).toBe(1008);
  expect(at).toBeGreaterThanOrEqual(expiresAt);
  expect(at - expiresAt).toBeLessThan(WITHIN_MS);
});

test("each of several tokens closes its own sockets when it expires, in whatever order they came", async () => {
  await using server = await startTestServer();
  const expiries = [900, 300, undefined, 600].map((inMs) =>
    inMs === undefined ? undefined : Date.now() + inMs,
  );
  const open = async (expiresAt: number | undefined) =>
    Listener.open(server.origin, await newUserToken(server, expiresAt === undefined ? {} : { expiresAt }));
  const [last, first, stays, second] = (await Promise.all(expiries.map(open))) as [
    Listener,
    Listener,
    Listener,
    Listener,
  ];
  const closes = await Promise.all([first, second, last].map(({ closed }) => closed));
  expect(closes.map(({ code }) => code)).toEqual([1008, 1008, 1008]);
  for (const [place, expiresAt] of [expiries[1], expiries[3], expiries[0]].entries()) {
    const late = (closes[place]?.at ?? 0) - (expiresAt ?? 0);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(WITHIN_MS);
  }
  expect(stays.isOpen).toBe(true);
  stays[Symbol.dispose]();
});

test("while tokens cannot be checked no socket is closed: the fault is the server's", async () => {
  await using server = await startTestServer();
  const token = await newUserToken(server);
  using socket = await RawSocket.open(server.origin, LIVE_PATH, [`Authorization: Bearer ${token}`]);
  await server.server.storage.directory.close();
  await Bun.sleep(WITHIN_MS);
  socket.send(OPCODE.ping);
  expect((await socket.frame()).opcode).toBe(OPCODE.pong);
});

test("a token that was revoked while tokens could not be checked closes its sockets once they can", async () => {
  await using server = await startTestServer();
  const token = await newUserToken(server);
  using listener = await Listener.open(server.origin, token);
  const { directory } = server.server.storage;
  const { findUnrevoked } = directory;
  let failures = 0;
  directory.findUnrevoked = async () => {
    failures++;
    directory.findUnrevoked = findUnrevoked;
    throw new Error("disk I/O error");
  };
  await revoke(server, token);
  expect((await listener.closed).code).toBe(1008);
  expect(failures).toBe(1);
});

describe("when the server stops", () => {
  test("sockets are closed with 1001, never 1000", async () => {
    await using server = await startTestServer();
    const token = await newUserToken(server);
    using listener = await Listener.open(server.origin, token);
    using raw = await RawSocket.open(server.origin, LIVE_PATH, [`Authorization: Bearer ${token}`]);
    await server.server.stop();
    expect((await listener.closed).code).toBe(1001);
    const frame = await raw.frame();
    expect({ opcode: frame.opcode, code: closeCode(frame) }).toEqual({ opcode: OPCODE.close, code: 1001 });
    await raw.end();
  });

  test("readings that are on their way are answered, and what was answered 200 is stored", async () => {
    await using server = await startTestServer();
    const token = await server.token(READ_AND_WRITE, { user: "anna" });
    const accepted = new Set<number>();
    const writes = Array.from({ length: 200 }, async (_, index) => {
      const { status } = await write(server.origin, token, MOMENT + index, 75);
      if (status === 200) accepted.add(MOMENT + index);
    });
    await Promise.race(writes);
    await server.server.stop();
    await Promise.allSettled(writes);
    expect(accepted.size).toBeGreaterThan(0);

    await using again = await startTestServer({ folder: server.folder });
    const stored = new Set((await storedReadings(again, "anna")).map(({ measuredAt }) => Number(measuredAt)));
    expect([...accepted].filter((time) => !stored.has(time))).toEqual([]);
  });
});

describe("the limit on listeners (socketsMax)", () => {
  test("as many as the limit are served; one more is 503, until one of them leaves", async () => {
    await using server = await startTestServer({ limits: { socketsMax: 2 } });
    const token = await newUserToken(server);
    const auth = [`Authorization: Bearer ${token}`];
    const first = await Listener.open(server.origin, token);
    using _second = await Listener.open(server.origin, token);
    using third = await RawSocket.open(server.origin, LIVE_PATH, auth);
    expect(third.handshake.status).toBe(503);
    expect(third.handshake.headers.get("content-type")).toBe("application/json");
    expect(JSON.parse(third.handshake.body)).toMatchObject({ error_code: 8009 });
    first[Symbol.dispose]();
    await first.closed;
    using fourth = await RawSocket.open(server.origin, LIVE_PATH, auth);
    expect(fourth.handshake.status).toBe(101);
  });

  test("also when they all come at once", async () => {
    await using server = await startTestServer({ limits: { socketsMax: 10 } });
    const token = await newUserToken(server);
    const sockets = await Promise.all(
      Array.from({ length: 50 }, () =>
        RawSocket.open(server.origin, LIVE_PATH, [`Authorization: Bearer ${token}`]),
      ),
    );
    expect(sockets.filter(({ handshake }) => handshake.status === 101)).toHaveLength(10);
    expect(sockets.filter(({ handshake }) => handshake.status === 503)).toHaveLength(40);
    for (const socket of sockets) socket[Symbol.dispose]();
  });
});
