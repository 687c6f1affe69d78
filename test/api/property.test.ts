import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { hashToken } from "../../src/auth/tokens.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import { Ledger } from "../support/generated/ledger.ts";
import { isOpen, judge, type Verdict } from "../support/generated/oracle.ts";
import { type GeneratedRequest, type KnownTokens, sendGenerated } from "../support/generated/request.ts";
import { generatedRequest } from "../support/generated/requests.ts";
import { LATEST_PATH, WRITE_PATH } from "../support/requests.ts";
import { READ_AND_WRITE, startTestServer, type TestServer } from "../support/server.ts";
import { storedReadings } from "../support/sharedServer.ts";

/** How many requests are made up: 5,000, in CI 100,000; PROPERTY_RUNS says another number. */
const REQUESTS = Number(process.env.PROPERTY_RUNS ?? (process.env.CI === "true" ? 100_000 : 5_000));
const AT_ONCE = 100;

setDefaultTimeout(600_000);

async function makeTokens(server: TestServer): Promise<KnownTokens> {
  const revoked = await server.token(READ_AND_WRITE, { user: "revoked" });
  const { directory } = server.server.storage;
  const record = await directory.findToken(hashToken(revoked));
  await directory.revokeToken(record?.id as number, Date.now() as EpochMs);
  return {
    readAndWrite: [
      await server.token(READ_AND_WRITE, { user: "first" }),
      await server.token(READ_AND_WRITE, { user: "second" }),
    ],
    readOnly: await server.token(["data:heart_rate:read"], { user: "reader" }),
    writeOnly: await server.token(["data:heart_rate:write"], { user: "writer" }),
    expired: await server.token(READ_AND_WRITE, { user: "expired", expiresAt: 1 }),
    revoked,
    unknown: crypto.randomUUID(),
  };
}

/** Checks one answer against what the wire text says of its request. */
async function check(request: GeneratedRequest, verdict: Verdict, response: Response): Promise<void> {
  const text = await response.text();
  const { status, headers } = response;
  if (!verdict.statuses.includes(status)) {
    throw new Error(`expected ${verdict.statuses.join(" or ")}, got ${status} ${text}`);
  }
  if (request.method === "HEAD" || status === 204) return void expect(text).toBe("");
  if (status >= 400) {
    expect(headers.get("content-type")).toBe("application/json");
    expect(JSON.parse(text)).toEqual({
      error_code: verdict.code as number,
      error_message: expect.any(String),
    });
    expect(headers.has("www-authenticate")).toBe(status === 401 || verdict.code === 8002);
  } else if (request.path === WRITE_PATH) {
    expect(text).toBe("{}");
  }
  expect(headers.get("access-control-allow-origin")).toBe(isOpen(request.path) ? "*" : null);
}

async function checkStore(server: TestServer, tokens: KnownTokens, ledger: Ledger): Promise<number> {
  let count = 0;
  const users = {
    first: tokens.readAndWrite[0] as string,
    second: tokens.readAndWrite[1] as string,
    reader: tokens.readOnly,
    writer: tokens.writeOnly,
    expired: tokens.expired,
    revoked: tokens.revoked,
  };
  for (const [user, token] of Object.entries(users)) {
    const stored = await storedReadings(server, user);
    const sent = ledger.of(token);
    const wrong = stored.filter(({ measuredAt, bpm }) => !sent.get(measuredAt)?.has(bpm));
    const kept = new Set(stored.map(({ measuredAt }) => Number(measuredAt)));
    const missing = [...sent.keys()].filter((measuredAt) => !kept.has(measuredAt));
    expect({ user, wrong, missing, count: stored.length }).toEqual({
      user,
      wrong: [],
      missing: [],
      count: sent.size,
    });
    count += stored.length;
  }
  return count;
}

test(`${REQUESTS} made-up requests: each answer is as the wire text says, and the store holds what was sent`, async () => {
  await using server = await startTestServer({ environment: { HEARTWIRE_LOG_LEVEL: "info" } });
  const tokens = await makeTokens(server);
  const ledger = new Ledger();
  const round = fc.array(generatedRequest(tokens), { minLength: AT_ONCE, maxLength: AT_ONCE });
  const property = fc.asyncProperty(round, async (requests) => {
    const verdicts = requests.map((request) => judge(request, tokens));
    ledger.enter(verdicts);
    const answers = requests.map(async (request, index) => {
      const response = await sendGenerated(server.origin, request);
      await check(request, verdicts[index] as Verdict, response);
    });
    const failed = (await Promise.allSettled(answers)).findIndex(({ status }) => status === "rejected");
    if (failed >= 0) {
      const reason = await (answers[failed] as Promise<void>).catch((error: Error) => error);
      throw new Error(`${JSON.stringify(requests[failed])}: ${reason}`);
    }
  });
  await fc.assert(property, { numRuns: Math.ceil(REQUESTS / AT_ONCE), endOnFailure: true });

  const stored = await checkStore(server, tokens, ledger);
  expect(stored).toBeGreaterThan(REQUESTS / 100);
  expect(server.log.lines).toEqual([]);
  const latest = await fetch(`${server.origin}${LATEST_PATH}`, {
    headers: { authorization: `Bearer ${tokens.readAndWrite[0]}` },
  });
  expect(latest.status).toBe(200);
});
