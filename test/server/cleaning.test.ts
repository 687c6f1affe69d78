import { expect, test } from "bun:test";
import { startCleaning } from "../../src/cleaning.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import { newClient, newCode, redeem } from "../support/oauth/flows.ts";
import { startTestServer } from "../support/server.ts";
import { signIn } from "../support/signedIn.ts";

const DAY_MS = 86_400_000;
const SOON = { firstAfterMs: 1, everyMs: 5 };

test("what apps were given and is of no use any more is deleted, again and again, while the server runs", async () => {
  await using server = await startTestServer();
  const client = await newClient(server);
  const { db } = server.server.storage.directory.people.database;
  const codes = async () => (await db.selectFrom("authorization_code").selectAll().execute()).length;
  let now = Date.now();
  const cleaning = startCleaning({ ...server.server.context, clock: () => now as EpochMs }, SOON);
  for (let turn = 0; turn < 2; turn++) {
    const code = await newCode(server, await signIn(server), client);
    await redeem(server, client, code);
    expect(await codes()).toBe(1);
    now += 2 * DAY_MS;
    while ((await codes()) > 0) await Bun.sleep(2);
    now = Date.now();
  }
  await cleaning.stop();
});

test("a turn that fails is told to the operator, and the next one is tried", async () => {
  await using server = await startTestServer();
  const { grants } = server.server.storage.directory;
  let turns = 0;
  grants.clearEnded = async () => {
    turns++;
    throw new Error("the disk is gone");
  };
  const cleaning = startCleaning(server.server.context, SOON);
  while (turns < 2) await Bun.sleep(2);
  await cleaning.stop();
  expect(server.log.lines.some((line) => line.includes('"level":"error"'))).toBe(true);
});

test("the end waits for the turn that runs, and there is none after it", async () => {
  await using server = await startTestServer();
  const { grants } = server.server.storage.directory;
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let turns = 0;
  grants.clearEnded = async () => {
    turns++;
    begun.resolve();
    await goOn.promise;
  };
  const cleaning = startCleaning(server.server.context, SOON);
  await begun.promise;
  let isStopped = false;
  const stopped = cleaning.stop().then(() => {
    isStopped = true;
  });
  await Bun.sleep(5);
  expect(isStopped).toBe(false);
  goOn.resolve();
  await stopped;
  await Bun.sleep(20);
  expect(turns).toBe(1);
});
