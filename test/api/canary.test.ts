import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { rmSync } from "node:fs";
import { SCOPES } from "../../src/domain/scopes.ts";
import { MANUAL_CLIENT_ID } from "../../src/storage/directory.ts";
import { filesOf, findTrace, sendEverywhere, tracesOf } from "../support/canary.ts";
import { makeUsers } from "../support/faults/dataFolder.ts";
import { ServerProcess } from "../support/faults/serverProcess.ts";
import { bearer, VALIDATE_PATH } from "../support/requests.ts";
import { READ_AND_WRITE, startTestServer, type TestServer, throwAwayFolder } from "../support/server.ts";

/** A token is a key: it is sent by every way in, and then searched for everywhere. */
setDefaultTimeout(120_000);

async function metricsOf(origin: string): Promise<string> {
  const response = await fetch(`${origin}/metrics`);
  return `${JSON.stringify([...response.headers])} ${await response.text()}`;
}

/** Sends a token everywhere and checks every answer, every line of the log, the metrics and every file. */
async function expectNoTrace(server: TestServer, secret: string, good: string): Promise<void> {
  const answers = await sendEverywhere(server.origin, secret, good);
  const forms = tracesOf(secret);
  expect(answers.length).toBeGreaterThan(1_000);
  expect(findTrace(answers, forms)).toBeUndefined();
  expect(findTrace([await metricsOf(server.origin)], forms)).toBeUndefined();
  expect(findTrace(server.log.lines, forms)).toBeUndefined();
  // The hash is what the folder keeps of a token.
  const [plain, dashless] = forms as [string, string];
  expect(findTrace(filesOf(server.folder), [plain, dashless])).toBeUndefined();
}

describe("a token that was sent is in no answer, no log, no metric and no file", () => {
  test("a token that opens everything", async () => {
    await using server = await startTestServer();
    const token = await server.token(SCOPES);
    await expectNoTrace(server, token, token);
    expect(server.log.lines.length).toBeGreaterThan(1_000);
  });

  test("a token that nobody made", async () => {
    await using server = await startTestServer();
    await expectNoTrace(server, crypto.randomUUID(), await server.token(READ_AND_WRITE));
  });

  test("an expired one", async () => {
    await using server = await startTestServer();
    const good = await server.token(READ_AND_WRITE);
    await expectNoTrace(server, await server.token(SCOPES, { expiresAt: 1 }), good);
  });

  test("while the store of readings fails", async () => {
    await using server = await startTestServer();
    const token = await server.token(SCOPES);
    await server.server.storage.readings.close();
    await expectNoTrace(server, token, token);
    expect(server.log.lines.some((line) => line.includes('"level":"error"'))).toBe(true);
  });

  test("while the store of tokens fails", async () => {
    await using server = await startTestServer();
    const token = await server.token(SCOPES);
    await server.server.storage.directory.close();
    await expectNoTrace(server, token, token);
    expect(server.log.lines.some((line) => line.includes("error_while_validating_token"))).toBe(true);
  });

  test("all that a process of its own prints, at its most talkative", async () => {
    const folder = throwAwayFolder();
    const token = (await makeUsers(folder, ["anna"])).get("anna") as string;
    const unknown = crypto.randomUUID();
    const environment = { HEARTWIRE_LOG_LEVEL: "debug" };
    await using server = await ServerProcess.start({ folder, environment });
    for (const secret of [token, unknown]) {
      const answers = await sendEverywhere(server.origin, secret, token);
      expect(findTrace(answers, tracesOf(secret))).toBeUndefined();
    }
    server.signal("SIGTERM");
    const { exitCode, stdout, stderr } = await server.ended();
    expect(exitCode).toBe(0);
    expect(stderr).toContain("Answered.");
    for (const secret of [token, unknown]) {
      expect(findTrace([stdout, stderr], tracesOf(secret))).toBeUndefined();
      expect(findTrace(filesOf(folder), tracesOf(secret).slice(0, 2))).toBeUndefined();
    }
    rmSync(folder, { recursive: true });
  });
});

test("validate shows the token to the one who sent it, as the wire text says, and to nobody else", async () => {
  await using server = await startTestServer();
  const token = await server.token(["profile:read"]);
  const response = await fetch(`${server.origin}${VALIDATE_PATH}`, { headers: bearer(token) });
  expect(await response.json()).toMatchObject({ token, client_id: MANUAL_CLIENT_ID });
  expect(findTrace(server.log.lines, tracesOf(token))).toBeUndefined();
});
