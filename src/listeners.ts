import type { BunRequest, Server } from "bun";
import type { App, Handler } from "./api/app.ts";
import type { Context, Upgrade } from "./api/context.ts";
import { ApiError, renderError } from "./api/errors.ts";
import type { SocketData } from "./api/liveSockets.ts";
import { SilentListeners, SWEEP_INTERVAL_MS } from "./silentListeners.ts";

/** The server cannot listen; the message is for the operator. */
export class ListenFailure extends Error {
  override name = "ListenFailure";
  readonly portTaken: boolean;

  constructor(message: string, { portTaken = false } = {}) {
    super(message);
    this.portTaken = portTaken;
  }
}

export interface Listeners {
  readonly url: URL;
  /** Takes no new connection, and waits for the requests that are being answered. */
  stop(): Promise<void>;
}

type BunServer = Server<SocketData>;

/** How often the end looks whether requests are still being answered. */
const DRAIN_INTERVAL_MS = 5;

/**
 * Listens on the host of the settings, or on both loopback addresses under one port.
 *
 * @throws ListenFailure when the port is taken or the address is not one of this machine
 */
export async function listen(app: App, context: Context): Promise<Listeners> {
  const { host, port } = context.settings;
  const silent = new SilentListeners(context.limits.socketIdleSeconds);
  const first = serve(app, context, silent, host ?? "127.0.0.1", port);
  const servers = [first];
  if (host === undefined) {
    try {
      servers.push(serve(app, context, silent, "::1", first.port as number));
    } catch (error) {
      // A machine without IPv6 is no fault; a port that only IPv6 has taken would send some clients elsewhere.
      if (error instanceof ListenFailure && error.portTaken) {
        await first.stop(true);
        throw error;
      }
      context.log.debug({ reason: (error as Error).message }, "Not listening on ::1.");
    }
  }
  context.sockets.publishThrough((topic, frame) => {
    for (const server of servers) server.publish(topic, frame);
  });
  const sweeping = setInterval(() => silent.sweep(performance.now()), SWEEP_INTERVAL_MS);
  return {
    url: new URL(`http://${addressOf(host)}:${first.port}`),
    async stop() {
      clearInterval(sweeping);
      const closed = servers.map((server) => server.stop(false));
      await drained(servers, context.limits.shutdownSeconds * 1_000);
      await Promise.all(servers.map((server) => server.stop(true)));
      await Promise.all(closed);
    },
  };
}

function serve(
  app: App,
  context: Context,
  silent: SilentListeners,
  hostname: string,
  port: number,
): BunServer {
  const { limits, sockets } = context;
  try {
    return Bun.serve<SocketData>({
      hostname,
      port,
      // Bun shares a port when development is off: two servers would then answer by turns, each for its own tokens.
      reusePort: false,
      idleTimeout: limits.requestIdleSeconds,
      // Our own limit answers with a JSON body, and looks at the declared length before a byte is read.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      routes: Object.fromEntries(
        Object.entries(app.direct).map(([path, handler]) => [path, mounted(handler)]),
      ),
      fetch: (request, server) => app.fetch(request, upgradeOn(server)),
      websocket: {
        idleTimeout: limits.socketIdleSeconds,
        sendPings: true,
        maxPayloadLength: limits.socketMessageBytesMax,
        backpressureLimit: limits.socketBacklogBytes,
        closeOnBackpressureLimit: true,
        open: (socket) => {
          silent.opened(socket, performance.now());
          sockets.opened(socket);
        },
        close: (socket) => {
          silent.closed(socket);
          sockets.closed(socket);
        },
        // What a listener says is not for us, only that it does; its pings are answered by the server itself.
        message: (socket) => silent.heard(socket),
        ping: (socket) => silent.heard(socket),
        pong: (socket) => silent.heard(socket),
      },
      development: false,
      error: (error) => {
        const failure = new ApiError("unexpected", { cause: error });
        context.faults.report(failure);
        return renderError(failure, { otherOrigins: false });
      },
    });
  } catch (error) {
    throw explain(error as Error & { code?: string }, hostname, port);
  }
}

function mounted(handler: Handler): (request: BunRequest, server: BunServer) => Promise<Response> {
  let upgrade: Upgrade | undefined;
  return (request, server) => {
    upgrade ??= upgradeOn(server);
    // Bun takes undefined for a request that became a socket; its types do not say so.
    return handler(request, upgrade, request.params) as Promise<Response>;
  };
}

function upgradeOn(server: BunServer): Upgrade {
  return (request, data) => server.upgrade(request, { data });
}

async function drained(servers: readonly BunServer[], withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  while (servers.some((server) => server.pendingRequests > 0) && performance.now() < until) {
    await Bun.sleep(DRAIN_INTERVAL_MS);
  }
}

function addressOf(host: string | undefined): string {
  if (host === undefined || host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

function explain(error: Error & { code?: string }, hostname: string, port: number): ListenFailure {
  if (error.code === "EADDRINUSE") {
    return new ListenFailure(
      `Port ${port} is in use. Stop what listens there, or choose another one with HEARTWIRE_PORT.`,
      { portTaken: true },
    );
  }
  if (error.code === "EACCES") {
    return new ListenFailure(`Port ${port} may not be used by this user. Choose one of 1024 or more.`);
  }
  return new ListenFailure(`Cannot listen on ${hostname} port ${port}: ${error.message}`);
}
