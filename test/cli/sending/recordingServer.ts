import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it came in. */
export interface Received {
  readonly atMs: number;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** What happens to a request instead of being stored and answered 200. */
export type Fault =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** An answer whose body never ends, as fast as it is taken. */
  | { readonly status: number; readonly endless: string }
  /** The socket is destroyed before the reading is stored. */
  | "cut before storing"
  /** The reading is stored, but the socket is destroyed before the answer. */
  | "cut after storing"
  /** There is never an answer. */
  | "silence";

/**
 * An HTTP server on a real port that keeps readings by the server's rule (one a time, the first stays), remembers
 * every request, and fails on demand.
 */
export class RecordingServer {
  readonly received: Received[] = [];
  /** What was stored: heart rate by measured_at. */
  readonly stored = new Map<number, number>();
  /** How often a reading arrived that was there already. */
  repeats = 0;
  /** Decides what goes wrong with the request of this number, counted from 1. */
  fault: (requestNumber: number) => Fault | undefined = () => undefined;
  /** Called after a new reading was stored. */
  onStored: () => void = () => {};
  /** How much of bodies without end was sent, and how many of them the other side gave up. */
  readonly endless = { bytesSent: 0, givenUp: 0 };
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens: the first time on any free port, later on the same one. */
  async start(): Promise<this> {
    const server = createServer((request, response) => void this.#receive(request, response));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    return this;
  }

  /** Cuts every connection and stops listening, as a killed process would. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // cut while it was sending
    }
    const body = Buffer.concat(chunks).toString();
    const { authorization } = request.headers;
    this.received.push({ atMs: performance.now(), path: request.url ?? "", authorization, body });
    const fault = this.fault(this.received.length);
    if (fault === "silence") return;
    if (fault === "cut before storing") return void request.socket.destroy();
    if (typeof fault === "object" && "endless" in fault) return this.#answerWithoutEnd(response, fault);
    if (typeof fault === "object") {
      response.writeHead(fault.status, fault.headers);
      return void response.end(fault.body ?? "{}");
    }
    this.#store(body);
    if (fault === "cut after storing") return void request.socket.destroy();
    response.writeHead(200, { "content-type": "application/json" });
    response.end("{}");
  }

  #answerWithoutEnd(response: ServerResponse, fault: { status: number; endless: string }): void {
    response.writeHead(fault.status);
    response.on("close", () => {
      this.endless.givenUp += 1;
    });
    const send = () => {
      while (!response.destroyed) {
        this.endless.bytesSent += fault.endless.length;
        if (!response.write(fault.endless)) return;
      }
    };
    response.on("drain", send);
    send();
  }

  #store(body: string): void {
    const reading = JSON.parse(body) as { measured_at: number; data: { heart_rate: number } };
    if (this.stored.has(reading.measured_at)) {
      this.repeats++;
      return;
    }
    this.stored.set(reading.measured_at, reading.data.heart_rate);
    this.onStored();
  }
}
