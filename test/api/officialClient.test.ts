import { describe, expect, test } from "bun:test";
import { hashToken } from "../../src/auth/tokens.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { freePort } from "../support/freePort.ts";
import { OfficialClient } from "../support/officialClient.ts";
import { READ_AND_WRITE, startTestServer, write } from "../support/server.ts";

/** What Pulsoid's own client does here. Its times are shortened: 2, 4, 8, 10 s would be waited for in vain. */
const DELAYS_MS = [50, 100, 200, 250];

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Bun.sleep(5);
}

describe("Pulsoid's own client", () => {
  test("stays online on a pulse that stays the same, and goes offline without one", async () => {
    await using server = await startTestServer();
    const token = await server.token(READ_AND_WRITE);
    const client = new OfficialClient(server.origin, token, { delaysMs: DELAYS_MS, silenceMs: 400 });
    await client.connect();
    await until(() => client.isConnected);
    for (let beat = 0; beat < 10; beat++) {
      await write(server.origin, token, Date.now(), 72);
      await Bun.sleep(100);
      expect(client.isOnline).toBe(true);
    }
    expect(client.frames).toHaveLength(10);
    await until(() => !client.isOnline);
    expect(client.isConnected).toBe(true);
    client.end();
  });

  test("is kept by protocol pings alone: without a reading it hears nothing, and its socket stays open", async () => {
    await using server = await startTestServer({ limits: { socketIdleSeconds: 4 } });
    const client = new OfficialClient(server.origin, await server.token(READ_AND_WRITE), {
      delaysMs: DELAYS_MS,
    });
    await client.connect();
    await until(() => client.isConnected);
    // Longer than a listener may be silent: it answered the pings.
    await Bun.sleep(6_000);
    expect({ connected: client.isConnected, closes: client.closeCodes, frames: client.frames }).toEqual({
      connected: true,
      closes: [],
      frames: [],
    });
    client.end();
  });

  test("is back after a restart, was closed with 1001, and never saw a 401", async () => {
    const environment = { HEARTWIRE_PORT: String(freePort()) };
    const first = await startTestServer({ environment });
    const token = await first.token(READ_AND_WRITE);
    const client = new OfficialClient(first.origin, token, { delaysMs: DELAYS_MS });
    await client.connect();
    await until(() => client.isConnected);
    await first.server.stop();
    await until(() => client.closeCodes.length > 0);
    await Bun.sleep(150);
    await using second = await startTestServer({ environment, folder: first.folder });
    await until(() => client.isConnected);
    await write(second.origin, token, Date.now(), 72);
    await until(() => client.frames.length === 1);
    expect(client.closeCodes).toEqual([1001]);
    expect(client.validations.filter((status) => status !== 200)).toEqual([]);
    expect(client.gaveUp).toBeUndefined();
    client.end();
  });

  test("is not signed out while tokens cannot be looked up, and connects once they can", async () => {
    await using server = await startTestServer();
    const token = await server.token(READ_AND_WRITE);
    const { directory } = server.server.storage;
    const { findToken } = directory;
    directory.findToken = async () => {
      throw new Error("the directory is away");
    };
    const client = new OfficialClient(server.origin, token, { delaysMs: DELAYS_MS });
    await client.connect();
    await until(() => client.validations.length === 3);
    directory.findToken = findToken;
    await until(() => client.isConnected);
    expect(client.validations).toEqual([500, 500, 500, 200]);
    client.end();
  });

  test("is signed out for good when its token is revoked, and not before", async () => {
    await using server = await startTestServer();
    const token = await server.token(READ_AND_WRITE);
    const client = new OfficialClient(server.origin, token, { delaysMs: DELAYS_MS });
    await client.connect();
    await until(() => client.isConnected);
    const beside = await SqliteDirectory.open(`${server.folder}/control.db`);
    const record = await beside.findToken(hashToken(token));
    await beside.revokeToken(record?.id ?? 0, Date.now() as EpochMs);
    await beside.close();
    await until(() => client.gaveUp !== undefined);
    expect(client.closeCodes).toEqual([1008]);
    expect(client.validations).toEqual([200, 401]);
  });
});
