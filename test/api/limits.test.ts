import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "../../src/settings/limits.ts";
import { expectAccepted, expectError } from "../support/answers.ts";
import { exchange, RawConnection, requestText } from "../support/rawConnection.ts";
import { bearer, latest, MOMENT, post, readingBody, WRITE_PATH } from "../support/requests.ts";
import { READ_AND_WRITE, startTestServer, type TestServer, write } from "../support/server.ts";
import { newUserToken, sharedServer, storedReadings } from "../support/sharedServer.ts";

/** The limits that a writer can meet: at each, and one past it. Those of sockets are in realTime*.test.ts. */
const shared = sharedServer();

const TOO_LARGE = { status: 413, code: 8006, message: "the body is too large", challenge: null } as const;

describe("the limit on a request's line and headers (requestHeadBytesMax)", () => {
  test("as many bytes as the limit are answered, one more is 431", async () => {
    const start = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Long: ";
    const headOf = (length: number) => `${start.padEnd(length - 4, "x")}\r\n\r\n`;
    const LIMIT = DEFAULT_LIMITS.requestHeadBytesMax;
    expect((await exchange(shared().origin, headOf(LIMIT))).status).toBe(200);
    expect((await exchange(shared().origin, headOf(LIMIT + 1))).status).toBe(431);
  });
});

describe("the limit on a body (bodyBytesMax)", () => {
  const LIMIT = DEFAULT_LIMITS.bodyBytesMax;
  const bodyOf = (length: number) => readingBody(MOMENT, 75).padEnd(length, " ");

  function chunked(text: string): ReadableStream {
    const bytes = Buffer.from(text);
    let sent = 0;
    return new ReadableStream({
      pull(controller) {
        if (sent >= bytes.length) return controller.close();
        controller.enqueue(bytes.subarray(sent, sent + 1_000));
        sent += 1_000;
      },
    });
  }

  test("a body of just the limit is accepted", async () => {
    const token = await newUserToken(shared());
    await expectAccepted(await post(shared().origin, bodyOf(LIMIT), bearer(token)));
  });

  test("one byte more is 413 and leaves nothing", async () => {
    const token = await newUserToken(shared());
    await expectError(await post(shared().origin, bodyOf(LIMIT + 1), bearer(token)), TOO_LARGE);
    expect(await latest(shared().origin, token)).toBeUndefined();
  });

  test("a body in chunks of just the limit is accepted, one byte more is 413", async () => {
    const { origin } = shared();
    const token = await newUserToken(shared());
    const send = (length: number) =>
      fetch(`${origin}${WRITE_PATH}`, {
        method: "POST",
        headers: bearer(token),
        body: chunked(bodyOf(length)),
      });
    await expectError(await send(LIMIT + 1), TOO_LARGE);
    expect(await latest(origin, token)).toBeUndefined();
    await expectAccepted(await send(LIMIT));
  });

  test("a declared length over the limit is refused before the body is sent", async () => {
    const token = await newUserToken(shared());
    for (const length of [LIMIT + 1, 1e9, Number.MAX_SAFE_INTEGER]) {
      const head = requestText(`POST ${WRITE_PATH}`, [
        `Authorization: Bearer ${token}`,
        `Content-Length: ${length}`,
      ]);
      const { status, body } = await exchange(shared().origin, head);
      expect({ status, body }).toEqual({
        status: 413,
        body: '{"error_code":8006,"error_message":"the body is too large"}',
      });
    }
  });

  test("chunks without an end are refused once they are over the limit", async () => {
    const token = await newUserToken(shared());
    using connection = await RawConnection.open(shared().origin);
    connection.send(
      requestText(`POST ${WRITE_PATH}`, [`Authorization: Bearer ${token}`, "Transfer-Encoding: chunked"]),
    );
    const chunk = `400\r\n${" ".repeat(0x400)}\r\n`;
    for (let sent = 0; sent <= LIMIT; sent += 0x400) connection.send(chunk);
    expect((await connection.answer()).status).toBe(413);
  });

  test("the connection can go on after a body that was too large", async () => {
    const token = await newUserToken(shared());
    using connection = await RawConnection.open(shared().origin);
    const lines = (length: number) => [`Authorization: Bearer ${token}`, `Content-Length: ${length}`];
    connection.send(requestText(`POST ${WRITE_PATH}`, lines(LIMIT + 1), bodyOf(LIMIT + 1)));
    expect((await connection.answer()).status).toBe(413);
    connection.send(requestText(`POST ${WRITE_PATH}`, lines(LIMIT), bodyOf(LIMIT)));
    expect((await connection.answer()).status).toBe(200);
  });
});

describe("the limit on readings that wait for the disk (waitingReadingsMax)", () => {
  test("as many as the limit wait; one more is 500 with 6001, and all that waited are stored", async () => {
    const LIMIT = 5;
    await using server = await startTestServer({ limits: { waitingReadingsMax: LIMIT } });
    const token = await server.token(READ_AND_WRITE, { user: "anna" });
    await write(server.origin, token, MOMENT, 75);

    // Another process that writes to the file holds the store up, as a slow disk does.
    using holder = new Database(join(server.folder, "readings.db"));
    holder.run("BEGIN IMMEDIATE");
    const waiting = [write(server.origin, token, MOMENT + 1, 75)];
    await Bun.sleep(100);
    // The one under way counts: it waits too.
    for (let place = 2; place < 1 + LIMIT; place++) {
      waiting.push(write(server.origin, token, MOMENT + place, 75));
    }
    await Bun.sleep(100);
    await expectError(await write(server.origin, token, MOMENT + 99, 75), { status: 500, code: 6001 });
    holder.run("ROLLBACK");

    for (const response of await Promise.all(waiting)) await expectAccepted(response);
    const stored = (await storedReadings(server, "anna")).map(({ measuredAt }) => measuredAt - MOMENT);
    expect(stored).toEqual([0, 1, 2, 3, 4, 5]);
    await expectAccepted(await write(server.origin, token, MOMENT + 99, 75));
  });
});

describe("the limit on silence (requestIdleSeconds)", () => {
  test("a connection on which nothing moves is closed, in the middle of a request too", async () => {
    await using server = await startTestServer({ limits: { requestIdleSeconds: 1 } });
    const token = await newUserToken(server);
    const openings = [
      "",
      "POST /api/v1/da",
      requestText(
        `POST ${WRITE_PATH}`,
        [`Authorization: Bearer ${token}`, "Content-Length: 50"],
        '{"measured',
      ),
    ];
    const connections = await Promise.all(openings.map(() => RawConnection.open(server.origin)));
    for (const [index, connection] of connections.entries()) connection.send(openings[index] as string);
    for (const connection of connections) {
      await connection.end();
      connection[Symbol.dispose]();
    }
    await expectAccepted(await write(server.origin, token, MOMENT, 75));
  }, 30_000);
});

describe("the limit on an orderly end (shutdownSeconds)", () => {
  async function withHalfARequest(work: (connection: RawConnection, server: TestServer) => Promise<void>) {
    await using server = await startTestServer({ limits: { shutdownSeconds: 1 } });
    const token = await newUserToken(server);
    using connection = await RawConnection.open(server.origin);
    const body = readingBody(MOMENT, 75);
    const lines = [`Authorization: Bearer ${token}`, `Content-Length: ${body.length}`];
    connection.send(requestText(`POST ${WRITE_PATH}`, lines, body.slice(0, -1)));
    await Bun.sleep(100);
    await work(connection, server);
  }

  test("a request that is on its way is answered before the server ends", async () => {
    await withHalfARequest(async (connection, { server }) => {
      const stopped = server.stop();
      connection.send("}");
      expect(await connection.answer()).toMatchObject({ status: 200, body: "{}" });
      await stopped;
    });
  });

  test("one that never ends does not keep the server from ending", async () => {
    await withHalfARequest(async (connection, { server }) => {
      await server.stop();
      await connection.end();
    });
  }, 30_000);
});

describe("a client that goes away", () => {
  test("in the middle of its body is no fault of the server: no 500 is counted or logged", async () => {
    await using server = await startTestServer();
    const token = await newUserToken(server);
    for (const framing of ["Content-Length: 50", "Transfer-Encoding: chunked"]) {
      const connection = await RawConnection.open(server.origin);
      const head = requestText(`POST ${WRITE_PATH}`, [`Authorization: Bearer ${token}`, framing]);
      connection.send(`${head}${framing.startsWith("T") ? "a\r\n" : ""}{"measured`);
      await Bun.sleep(50);
      connection[Symbol.dispose]();
    }
    await Bun.sleep(100);
    const metrics = await (await fetch(`${server.origin}/metrics`)).text();
    expect(metrics).not.toContain('status="500"');
    expect(server.log.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});
