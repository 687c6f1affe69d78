import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { seededRandom } from "../../src/domain/random.ts";
import type { Limits } from "../../src/settings/limits.ts";
import { makeUsers } from "../support/faults/dataFolder.ts";
import { DeafListener } from "../support/faults/deafListener.ts";
import { Ledger } from "../support/faults/ledger.ts";
import { startLoad } from "../support/faults/load.ts";
import { memoryBytes, metric } from "../support/faults/observed.ts";
import { ServerProcess } from "../support/faults/serverProcess.ts";
import { Listener } from "../support/listener.ts";
import { RawSocket } from "../support/rawSocket.ts";
import { throwAwayFolder, write } from "../support/server.ts";

const TEST_MS_MAX = 180_000;
const MEBIBYTE = 2 ** 20;

test(
  "a listener that never reads is cut; the others hear every reading, and what it got has no hole",
  () =>
    // So patient that only what is unread can be the reason to cut anybody.
    withServer({ socketIdleSeconds: 600 }, async (server, token) => {
      const DEAF = 5;
      const HEARING = 3;
      const ledger = new Ledger(["ada"]);
      const options = { origin: server.origin, ledger, tokens: new Map([["ada", token]]), connections: 32 };
      const hearing = await Promise.all(
        Array.from({ length: HEARING }, () => Listener.open(server.origin, token)),
      );
      const deaf = await Promise.all(
        Array.from({ length: DEAF }, () => DeafListener.open(server.origin, token)),
      );
      const before = await memoryBytes(server.origin);

      // The system's own buffers, some megabytes, fill up first.
      const load = startLoad({ ...options, random: seededRandom(1) });
      const until = performance.now() + 90_000;
      const enough = async () => (await openSockets(server)) <= HEARING && ledger.answeredCount >= 20_000;
      while (!(await enough()) && performance.now() < until) await Bun.sleep(50);
      await load.stop();
      expect(await openSockets(server)).toBe(HEARING);
      expect([...load.refusals]).toEqual([]);
      expect((await memoryBytes(server.origin)) - before).toBeLessThan(96 * MEBIBYTE);

      const [first, ...others] = await Promise.all(hearing.map((one) => one.heard(ledger.answeredCount)));
      const order = first as readonly string[];
      expect(ledger.check("ada", order.map(toReading))).toEqual([]);
      for (const frames of others) expect(sameFrames(frames, order)).toBe(true);
      for (const listener of deaf) {
        const frames = await listener.readToEnd();
        expect(frames.length).toBeGreaterThan(100);
        expect(sameFrames(frames, order.slice(0, frames.length))).toBe(true);
        listener[Symbol.dispose]();
      }
      for (const listener of hearing) listener[Symbol.dispose]();
    }),
  TEST_MS_MAX,
);

test(
  "a listener that answers no ping is cut, also while it is sent readings; one that answers stays",
  () =>
    withServer({ socketIdleSeconds: 8 }, async (server, token) => {
      using answering = await Listener.open(server.origin, token);
      using mute = await RawSocket.open(server.origin, `/api/v1/data/real_time?access_token=${token}`);
      using deaf = await DeafListener.open(server.origin, token);
      expect(mute.handshake.status).toBe(101);
      expect(deaf).toBeDefined();
      const until = performance.now() + 30_000;
      let written = 0;
      while ((await openSockets(server)) > 1 && performance.now() < until) {
        await write(server.origin, token, Date.now() - 100_000 + written++, 70);
        await Bun.sleep(250);
      }
      expect(await openSockets(server)).toBe(1);
      await mute.end();
      // A while longer, in which the one that is left is pinged again.
      for (let more = 0; more < 40; more++) {
        await write(server.origin, token, Date.now() - 100_000 + written++, 70);
        await Bun.sleep(250);
      }
      expect(await answering.heard(written)).toHaveLength(written);
      expect(await openSockets(server)).toBe(1);
    }),
  TEST_MS_MAX,
);

test(
  "one of a thousand listeners stops reading: it is cut, memory stays flat, and the others hear every reading",
  () =>
    withServer({ socketIdleSeconds: 8 }, async (server, token) => {
      const HEARING = 999;
      const hearing: Listener[] = [];
      for (let opened = 0; opened < HEARING; opened++)
        hearing.push(await Listener.open(server.origin, token));
      let written = 0;
      const writeNext = async () => {
        await write(server.origin, token, Date.now() - 100_000 + written++, 70);
        await Bun.sleep(50);
      };
      while (written < 20) await writeNext();
      const before = await memoryBytes(server.origin);
      using deaf = await DeafListener.open(server.origin, token);
      expect(await openSockets(server)).toBe(HEARING + 1);

      const until = performance.now() + 30_000;
      while ((await openSockets(server)) > HEARING && performance.now() < until) await writeNext();
      expect(await openSockets(server)).toBe(HEARING);
      for (let more = 0; more < 20; more++) await writeNext();
      expect(await openSockets(server)).toBe(HEARING);
      expect((await memoryBytes(server.origin)) - before).toBeLessThan(16 * MEBIBYTE);

      const [first, ...others] = await Promise.all(hearing.map((one) => one.heard(written)));
      const order = first as readonly string[];
      expect(order).toHaveLength(written);
      expect(others.filter((frames) => !sameFrames(frames, order))).toEqual([]);
      // What it was sent until it was cut has no hole either.
      const heard = await deaf.readToEnd();
      expect(sameFrames(heard, order.slice(20, 20 + heard.length))).toBe(true);
      for (const listener of hearing) listener[Symbol.dispose]();
    }),
  TEST_MS_MAX,
);

async function withServer(
  limits: Partial<Limits>,
  work: (server: ServerProcess, token: string) => Promise<void>,
): Promise<void> {
  const folder = throwAwayFolder();
  try {
    const token = (await makeUsers(folder, ["ada"])).get("ada") as string;
    await using server = await ServerProcess.start({ folder, limits });
    await work(server, token);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function openSockets(server: ServerProcess): Promise<number> {
  return metric(server.origin, "heartwire_sockets_open");
}

function sameFrames(frames: readonly string[], others: readonly string[]): boolean {
  return frames.length === others.length && frames.every((frame, index) => frame === others[index]);
}

function toReading(frame: string): { measuredAt: number; bpm: number } {
  const { measured_at, data } = JSON.parse(frame);
  return { measuredAt: measured_at, bpm: data.heart_rate };
}
