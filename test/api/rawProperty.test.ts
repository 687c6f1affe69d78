import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { RawConnection, requestText } from "../support/rawConnection.ts";
import { LIVE_PATH } from "../support/rawSocket.ts";
import { LATEST_PATH, MOMENT, readingBody, VALIDATE_PATH, WRITE_PATH } from "../support/requests.ts";
import { READ_AND_WRITE, startTestServer, write } from "../support/server.ts";
import { storedReadings } from "../support/sharedServer.ts";

/** Request heads with damaged bytes, which no HTTP client sends: 1,000 of them, in CI 20,000. */
const REQUESTS = Number(process.env.PROPERTY_RUNS ?? (process.env.CI === "true" ? 100_000 : 5_000)) / 5;
const AT_ONCE = 25;

setDefaultTimeout(300_000);

interface Damage {
  readonly at: number;
  readonly text: string;
  readonly dropped: number;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(400),
  text: fc.oneof(
    fc.string({ unit: "binary", maxLength: 3 }),
    fc.constantFrom("\r\n", "\r\n\r\n", "\n", "\0", ":", " ", "%", "0", "-", "chunked", "\r\nHost: x", "é"),
  ),
  dropped: fc.nat(3),
});

const target = fc.constantFrom(
  `POST ${WRITE_PATH}`,
  `GET ${LATEST_PATH}`,
  `GET ${LIVE_PATH}`,
  `GET ${VALIDATE_PATH}`,
  "GET /metrics",
  "OPTIONS /api/none",
);

/** A good request in which the head, not the body, is damaged. */
function damagedRequest(line: string, token: string, damages: readonly Damage[]): Buffer {
  const body = line.startsWith("POST") ? readingBody(MOMENT, 75) : "";
  const headers = [`Authorization: Bearer ${token}`, `Content-Length: ${body.length}`];
  let head = requestText(line, headers);
  for (const { at, text, dropped } of damages) {
    const place = at % head.length;
    head = head.slice(0, place) + text + head.slice(place + dropped);
  }
  return Buffer.from(head + body);
}

/** Sends, ends its side, and waits for the end of the other. */
async function statusesOf(origin: string, request: Buffer): Promise<readonly number[]> {
  using connection = await RawConnection.open(origin);
  connection.send(request);
  connection.finish();
  await connection.end();
  const said = connection.received.toString("latin1");
  return [...said.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

test(`${REQUESTS} damaged request heads: never a 5xx, never a crash, never a value that was not sent`, async () => {
  await using server = await startTestServer();
  const token = await server.token(READ_AND_WRITE, { user: "anna" });
  const cases = fc.array(fc.tuple(target, fc.array(damage, { maxLength: 4 })), {
    minLength: AT_ONCE,
    maxLength: AT_ONCE,
  });
  let answered = 0;
  const property = fc.asyncProperty(cases, async (batch) => {
    await Promise.all(
      batch.map(async ([line, damages]) => {
        const request = damagedRequest(line, token, damages);
        const statuses = await statusesOf(server.origin, request);
        answered += statuses.length;
        // The parser itself says 505 to a line that names another version of HTTP.
        if (statuses.some((status) => status >= 500 && status !== 505)) {
          throw new Error(`${JSON.stringify(request.toString())} was answered ${statuses}`);
        }
      }),
    );
  });
  await fc.assert(property, { numRuns: Math.ceil(REQUESTS / AT_ONCE) });

  expect(answered).toBeGreaterThan(REQUESTS / 2);
  expect(server.log.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  const stored = await storedReadings(server, "anna");
  expect(stored.map(({ measuredAt, bpm }) => [measuredAt - MOMENT, Number(bpm)])).toEqual([[0, 75]]);
  expect((await write(server.origin, token, MOMENT + 1, 76)).status).toBe(200);
});
