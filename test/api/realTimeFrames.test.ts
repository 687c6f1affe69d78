import { describe, expect, test } from "bun:test";
import { expectError } from "../support/answers.ts";
import { exchange, requestText } from "../support/rawConnection.ts";
import { closeCode, LIVE_PATH, OPCODE, RawSocket } from "../support/rawSocket.ts";
import { bearer, MOMENT } from "../support/requests.ts";
import { startTestServer, write } from "../support/server.ts";
import { newUserToken, sharedServer } from "../support/sharedServer.ts";

/** The live socket, frame by frame, to a client that does nothing by itself. */
const shared = sharedServer();

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

const auth = (token: string) => [`Authorization: Bearer ${token}`];

async function openSocket(headers: readonly string[] = []) {
  const token = await newUserToken(shared());
  const socket = await RawSocket.open(shared().origin, LIVE_PATH, [...auth(token), ...headers]);
  expect(socket.handshake.status).toBe(101);
  return { socket, hear: (time: number, bpm: number) => write(shared().origin, token, time, bpm) };
}

describe("the handshake", () => {
  test("a request without an Upgrade header is 426 with the JSON body", async () => {
    const token = await newUserToken(shared());
    const response = await fetch(`${shared().origin}${LIVE_PATH}`, { headers: bearer(token) });
    expect(response.headers.get("upgrade")).toBe("websocket");
    await expectError(response, { status: 426, code: 8008, challenge: null });
  });

  test("a bad token is 401 with the JSON body, before any upgrade", async () => {
    const expired = await newUserToken(shared(), { expiresAt: Date.now() - 1 });
    const writer = await newUserToken(shared(), { scopes: ["data:heart_rate:write"] });
    const refusals = [
      [[], 7009],
      [["Authorization: Basic abc"], 7010],
      [auth(crypto.randomUUID()), 7005],
      [auth(expired), 7006],
      [auth(writer), 7011],
    ] as const;
    for (const [headers, code] of refusals) {
      const { handshake } = await RawSocket.open(shared().origin, LIVE_PATH, headers);
      expect(handshake.status).toBe(401);
      expect(handshake.headers.get("content-type")).toBe("application/json");
      expect(handshake.headers.get("www-authenticate")).toStartWith("Bearer");
      expect(JSON.parse(handshake.body)).toEqual({ error_code: code, error_message: expect.any(String) });
    }
  });

  test("a handshake that is none is 426, not a socket and not a failure", async () => {
    const token = await newUserToken(shared());
    const handshakes = [
      ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"],
      ["Upgrade: h2c", "Connection: Upgrade"],
      ["Upgrade: websocket"],
      ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 8", `Sec-WebSocket-Key: ${KEY}`],
      ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Key: ${KEY}`],
      ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: x"],
    ];
    for (const lines of handshakes) {
      const text = requestText(`GET ${LIVE_PATH}`, [...auth(token), ...lines]);
      const { status, body } = await exchange(shared().origin, text);
      expect({ status, code: (JSON.parse(body) as { error_code: number }).error_code }).toEqual({
        status: 426,
        code: 8008,
      });
    }
  });

  test("no compression unless the client offers it", async () => {
    const { socket, hear } = await openSocket();
    using _ = socket;
    expect(socket.handshake.headers.has("sec-websocket-extensions")).toBe(false);
    await hear(MOMENT, 75);
    const frame = await socket.frame();
    expect(frame).toMatchObject({ opcode: OPCODE.text, final: true, compressed: false });
    expect(frame.payload.toString()).toBe('{"measured_at":1709312400000,"data":{"heart_rate":75}}');
  });

  test("a client that offers compression hears readings too", async () => {
    const { socket, hear } = await openSocket(["Sec-WebSocket-Extensions: permessage-deflate"]);
    using _ = socket;
    await hear(MOMENT, 75);
    const frame = await socket.frame();
    const agreed = socket.handshake.headers.has("sec-websocket-extensions");
    expect(frame.compressed && !agreed).toBe(false);
    expect(frame.opcode).toBe(OPCODE.text);
  });
});

describe("what a client sends", () => {
  test("its pings are answered with the same payload", async () => {
    const { socket } = await openSocket();
    using _ = socket;
    for (const payload of ["", "are you there?"]) {
      socket.send(OPCODE.ping, payload);
      const { opcode, payload: echoed } = await socket.frame();
      expect({ opcode, payload: echoed.toString() }).toEqual({ opcode: OPCODE.pong, payload });
    }
  });

  test("its text and binary frames are ignored", async () => {
    const { socket, hear } = await openSocket();
    using _ = socket;
    for (const payload of ["", "ping", '{"type":"subscribe"}', "x".repeat(1_000)]) {
      socket.send(OPCODE.text, payload);
      socket.send(OPCODE.binary, payload);
    }
    await hear(MOMENT, 75);
    expect(await socket.text()).toBe('{"measured_at":1709312400000,"data":{"heart_rate":75}}');
  });

  test("its close is answered and ends the connection", async () => {
    const { socket } = await openSocket();
    using _ = socket;
    socket.send(OPCODE.close, Buffer.from([0x03, 0xe8]));
    const frame = await socket.frame();
    expect({ opcode: frame.opcode, code: closeCode(frame) }).toEqual({ opcode: OPCODE.close, code: 1000 });
    await socket.end();
  });
});

describe("the limit on what a client sends (socketMessageBytesMax)", () => {
  const LIMIT = 4_096;

  test("a frame of just the limit is ignored like a shorter one", async () => {
    const { socket, hear } = await openSocket();
    using _ = socket;
    socket.send(OPCODE.text, "x".repeat(LIMIT));
    await hear(MOMENT, 75);
    expect(await socket.text()).toContain('"heart_rate":75');
  });

  test("one byte more closes the socket", async () => {
    const { socket } = await openSocket();
    using _ = socket;
    socket.send(OPCODE.text, "x".repeat(LIMIT + 1));
    await socket.end();
  });

  test("a message in parts counts as a whole", async () => {
    const { socket } = await openSocket();
    using _ = socket;
    socket.send(OPCODE.text, "x".repeat(LIMIT), { final: false });
    socket.send(0, "x");
    await socket.end();
  });
});

test("keep-alive is by protocol pings only, and who answers them stays", async () => {
  await using server = await startTestServer({ limits: { socketIdleSeconds: 8 } });
  const token = await newUserToken(server);
  using quiet = await RawSocket.open(server.origin, LIVE_PATH, auth(token));
  using silent = await RawSocket.open(server.origin, LIVE_PATH, auth(token));
  for (let count = 0; count < 3; count++) {
    const { opcode, payload } = await quiet.frame();
    expect(opcode).toBe(OPCODE.ping);
    quiet.send(OPCODE.pong, payload);
  }
  // The other one heard pings as well, answered none, and is closed: the limit socketIdleSeconds.
  await silent.end();
  await write(server.origin, token, MOMENT, 75);
  let frame = await quiet.frame();
  while (frame.opcode === OPCODE.ping) frame = await quiet.frame();
  expect(frame.payload.toString()).toContain('"heart_rate":75');
}, 60_000);
