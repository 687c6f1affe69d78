import { apiAddress, type Connection } from "../connection.ts";

/** How long to wait for whom. */
export interface SocketTimes {
  /** An attempt to connect that takes longer has failed. */
  readonly connectTimeoutMs: number;
  /** How often to ask the server for a sign of life. */
  readonly pingEveryMs: number;
  /** A connection without any sign of life for this long is dead, whatever the system says of it. */
  readonly deadAfterMs: number;
}

export const SOCKET_TIMES: SocketTimes = {
  connectTimeoutMs: 10_000,
  pingEveryMs: 10_000,
  deadAfterMs: 30_000,
};

/** How long a server may take to answer that we leave. */
const CLOSE_TIMEOUT_MS = 500;

/** How a connection ended. */
export interface SocketEnd {
  readonly opened: boolean;
  /** The close code (RFC 6455 section 7.4.1). */
  readonly code: number;
  /** The status of an answer that refused the upgrade. */
  readonly status?: number;
  /** What happened, as the end of a sentence. */
  readonly reason: string;
}

export interface SocketListener {
  onOpen(): void;
  onFrame(frame: string): void;
}

/**
 * Listens on one live socket until it ends, for whatever reason; ends it when the signal is aborted.
 *
 * @param path of the socket below the server's address, with its query
 */
export function listenLive(
  { baseUrl, token }: Connection,
  path: string,
  times: SocketTimes,
  listener: SocketListener,
  signal: AbortSignal,
): Promise<SocketEnd> {
  const address = apiAddress(baseUrl, path);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address, { headers: { authorization: `Bearer ${token}` } });
  return new Promise((resolve) => {
    let opened = false;
    let status: number | undefined;
    let silent: string | undefined;
    let heardAt = performance.now();
    const heard = () => {
      heardAt = performance.now();
    };
    const giveUp = (why: string) => {
      silent = why;
      socket.terminate();
    };
    const connectTimer = setTimeout(() => giveUp("the server does not answer"), times.connectTimeoutMs);
    const pingTimer = setInterval(() => {
      if (!opened) return;
      if (performance.now() - heardAt >= times.deadAfterMs) giveUp("the server has gone silent");
      else socket.ping();
    }, times.pingEveryMs);
    const leave = () => {
      if (opened) socket.close(1000);
      // A server that does not answer the close frame does not keep us.
      setTimeout(() => socket.terminate(), opened ? CLOSE_TIMEOUT_MS : 0).unref();
    };
    signal.addEventListener("abort", leave, { once: true });

    socket.addEventListener("open", () => {
      opened = true;
      clearTimeout(connectTimer);
      heard();
      listener.onOpen();
    });
    for (const sign of ["ping", "pong"]) socket.addEventListener(sign as "message", heard);
    socket.addEventListener("message", ({ data }) => {
      heard();
      if (typeof data === "string") listener.onFrame(data);
    });
    socket.addEventListener("error", (event) => {
      status = refusedStatus(event) ?? status;
    });
    socket.addEventListener("close", ({ code }) => {
      clearTimeout(connectTimer);
      clearInterval(pingTimer);
      signal.removeEventListener("abort", leave);
      const reason = silent ?? (opened ? closeReason(code) : failureReason(status));
      resolve(status === undefined ? { opened, code, reason } : { opened, code, status, reason });
    });
  });
}

/** Bun tells the status of a refused upgrade only in the words of the error. */
function refusedStatus(event: Event): number | undefined {
  const message = (event as ErrorEvent).message ?? "";
  const found = /status code: (\d{3})/.exec(message);
  return found === null ? undefined : Number(found[1]);
}

function failureReason(status: number | undefined): string {
  return status === undefined ? "the server cannot be reached" : `the server answers ${status}`;
}

function closeReason(code: number): string {
  if (code === 1001) return "the server is shutting down";
  if (code === 1006) return "the connection was lost";
  if (code === 1008) return "the server ended the connection";
  if (code === 1012) return "the server is restarting";
  return `the server closed the connection (code ${code})`;
}
