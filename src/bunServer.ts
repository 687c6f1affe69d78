import type { BunRequest, Server } from "bun";
import type { App, Handler } from "./api/app.ts";
import type { Arrival, Context } from "./api/context.ts";
import { ApiError, renderError } from "./api/errors.ts";
import type { SocketData } from "./api/liveSockets.ts";
import type { CertificatePair } from "./certificates/certificatePair.ts";
import { explainListenFailure } from "./listenFailure.ts";
import type { SilentListeners } from "./silentListeners.ts";

export type BunServer = Server<SocketData>;

/** What answers on every address alike. */
export interface Answering {
  readonly app: App;
  readonly context: Context;
  readonly silent: SilentListeners;
}

/** Where to listen, and whether with TLS. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
  /** The name of the setting by which the operator chooses the port. */
  readonly setting: string;
  readonly pair?: CertificatePair | undefined;
}

/** Listens on one address. @throws ListenFailure when the port is taken or the address is not one of this machine */
export function serve({ app, context, silent }: Answering, address: Address): BunServer {
  const { limits, sockets } = context;
  const { hostname, port, pair } = address;
  try {
    return Bun.serve<SocketData>({
      hostname,
      port,
      ...(pair === undefined ? {} : { tls: { cert: pair.certificate, key: pair.key } }),
      // Bun shares a port when development is off: two servers would then answer by turns, each for its own tokens.
      reusePort: false,
      idleTimeout: limits.requestIdleSeconds,
      // Our own limit answers with a JSON body, and looks at the declared length before a byte is read.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      routes: Object.fromEntries(
        Object.entries(app.direct).map(([path, handler]) => [path, mounted(handler)]),
      ),
      fetch: (request, server) => app.fetch(request, arrivalAt(server)),
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
    throw explainListenFailure(error as Error & { code?: string }, address);
  }
}

function mounted(handler: Handler): (request: BunRequest, server: BunServer) => Promise<Response> {
  let arrival: Arrival | undefined;
  return (request, server) => {
    arrival ??= arrivalAt(server);
    // Bun takes undefined for a request that became a socket; its types do not say so.
    return handler(request, arrival, request.params) as Promise<Response>;
  };
}

function arrivalAt(server: BunServer): Arrival {
  return {
    upgrade: (request, data) => server.upgrade(request, { data }),
    peerOf: (request) => server.requestIP(request)?.address,
  };
}
