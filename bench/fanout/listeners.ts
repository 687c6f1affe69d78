import { type FrameEvents, FrameReader } from "./frameReader.ts";

/** The kernel takes this many connections before the server has seen the first. */
const OPENED_AT_ONCE = 100;

/** An empty pong, masked as a client's frames must be (RFC 6455 section 5.5.3). */
const PONG = Buffer.from([0x8a, 0x80, 1, 2, 3, 4]);

const SWITCHED = "HTTP/1.1 101 ";

interface Listening {
  reader: FrameReader | undefined;
  readonly switched: () => void;
  readonly failed: (error: Error) => void;
  readonly events: FrameEvents;
}

type Socket = Bun.Socket<Listening>;

/** Listeners of one server on raw sockets. */
export class Listeners {
  /** Pings that were answered. */
  pings = 0;
  /** Listeners that the server closed. */
  closed = 0;
  readonly #url: URL;
  readonly #onReading: (time: number) => void;
  readonly #open = new Set<Socket>();
  /** Held, so that they are not collected and closed. */
  readonly #deaf: Socket[] = [];

  /** @param onReading is told the time of every frame that a listener got */
  constructor(url: URL, onReading: (time: number) => void) {
    this.#url = url;
    this.#onReading = onReading;
  }

  /** Opens one listener for each token. @throws Error when one is refused */
  async open(tokens: readonly string[]): Promise<void> {
    for (let from = 0; from < tokens.length; from += OPENED_AT_ONCE) {
      const opening = tokens.slice(from, from + OPENED_AT_ONCE).map((token) => this.#listen(token));
      for (const socket of await Promise.all(opening)) this.#open.add(socket);
    }
  }

  /** Opens a listener that never reads what it is sent. */
  async openDeaf(token: string): Promise<void> {
    const socket = await this.#listen(token);
    socket.pause();
    this.#deaf.push(socket);
  }

  leave(): void {
    const leaving = [...this.#open];
    this.#open.clear();
    for (const socket of leaving) socket.terminate();
  }

  #listen(token: string): Promise<Socket> {
    const { hostname, port, host } = this.#url;
    return new Promise((resolve, reject) => {
      Bun.connect<Listening>({
        hostname,
        port: Number(port),
        data: undefined as never,
        socket: {
          open: (socket) => {
            socket.data = {
              reader: undefined,
              switched: () => resolve(socket),
              failed: reject,
              events: this.#eventsOf(socket),
            };
            socket.write(handshake(host, token));
          },
          data: receive,
          close: (socket) => this.#ended(socket),
        },
      }).catch(reject);
    });
  }

  #eventsOf(socket: Socket): FrameEvents {
    return {
      reading: this.#onReading,
      ping: () => {
        this.pings++;
        socket.write(PONG);
      },
      close: () => this.#ended(socket),
    };
  }

  #ended(socket: Socket): void {
    socket.data.failed(new Error("the server closed a listener before it listened"));
    if (this.#open.delete(socket)) this.closed++;
  }
}

function receive(socket: Socket, bytes: Buffer): void {
  const { reader, events } = socket.data;
  if (reader !== undefined) {
    reader.take(bytes, events);
    return;
  }
  // The answer comes in one piece, and nothing is published while listeners open.
  const answer = bytes.toString("latin1");
  if (!answer.startsWith(SWITCHED)) {
    socket.data.failed(new Error(`a listener was refused: ${answer.split("\r\n", 1)[0]}`));
    return;
  }
  socket.data.reader = new FrameReader();
  socket.data.switched();
}

function handshake(host: string, token: string): string {
  return [
    "GET /api/v1/data/real_time HTTP/1.1",
    `Host: ${host}`,
    `Authorization: Bearer ${token}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "\r\n",
  ].join("\r\n");
}
