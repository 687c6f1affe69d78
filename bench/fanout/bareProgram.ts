import type { Server, ServerWebSocket } from "bun";

/**
 * The least that a fan-out can be with Bun: a write is parsed and published, and nothing is checked or stored.
 *
 * Argument: the port. Who sends one token in `Authorization` writes to those who listen with it.
 */
const [port] = process.argv.slice(2) as [string];

interface Listening {
  readonly topic: string;
}

interface Body {
  readonly measured_at: number;
  readonly data: { readonly heart_rate: number };
}

Bun.serve<Listening>({
  hostname: "127.0.0.1",
  port: Number(port),
  development: false,
  routes: {
    "/api/v1/data": {
      POST: async (request: Request, server: Server<Listening>) => {
        const { measured_at, data } = (await request.json()) as Body;
        const topic = request.headers.get("authorization") ?? "";
        server.publish(topic, `{"measured_at":${measured_at},"data":{"heart_rate":${data.heart_rate}}}`);
        return new Response("{}", { headers: { "content-type": "application/json" } });
      },
    },
    "/api/v1/data/real_time": (request: Request, server: Server<Listening>) => {
      const data = { topic: request.headers.get("authorization") ?? "" };
      // Bun takes undefined for a request that became a socket; its types do not say so.
      return server.upgrade(request, { data }) ? (undefined as never) : new Response(null, { status: 426 });
    },
    "/health/ready": new Response("{}"),
  },
  fetch: () => new Response("not found", { status: 404 }),
  websocket: {
    open(socket: ServerWebSocket<Listening>) {
      socket.subscribe(socket.data.topic);
    },
    message() {},
  },
});
