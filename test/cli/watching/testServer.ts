import { NOON } from "./moments.ts";

/** A server that speaks the two routes, and can be told to misbehave. */
export function startServer(port = 0) {
  const sockets = new Set<Bun.ServerWebSocket<undefined>>();
  const requests: { path: string; authorization: string | null }[] = [];
  const behaviour: { latest: () => Response; upgrade: "yes" | number } = {
    latest: () => Response.json({ error_code: 4, error_message: "no_data" }, { status: 412 }),
    upgrade: "yes",
  };
  const server = Bun.serve({
    port,
    hostname: "127.0.0.1",
    fetch(request, server) {
      const { pathname, search } = new URL(request.url);
      requests.push({ path: pathname + search, authorization: request.headers.get("authorization") });
      if (pathname === "/api/v1/data/heart_rate/latest") return behaviour.latest();
      if (behaviour.upgrade !== "yes") return new Response("no", { status: behaviour.upgrade });
      return server.upgrade(request) ? undefined : new Response("no", { status: 426 });
    },
    websocket: {
      open: (socket) => void sockets.add(socket),
      close: (socket) => void sockets.delete(socket),
      message() {},
    },
  });
  return { server, sockets, requests, behaviour, url: new URL(`http://127.0.0.1:${server.port}`) };
}

/** What the live socket sends for one reading. */
export function frame(bpm: number): string {
  return `{"measured_at":${NOON},"data":{"heart_rate":${bpm}}}`;
}

/** A server whose sockets open and then say nothing, not even to a ping: what a dead network looks like. */
export function startMuteServer() {
  const server = Bun.listen<undefined>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket, bytes) {
        const request = bytes.toString();
        if (request.startsWith("GET /api/v1/data/heart_rate/latest")) {
          socket.write("HTTP/1.1 412 Precondition Failed\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
          socket.end();
          return;
        }
        const key = /sec-websocket-key: (\S+)/i.exec(request)?.[1];
        if (key === undefined) return;
        // RFC 6455 section 1.3.
        const accept = new Bun.CryptoHasher("sha1")
          .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
          .digest("base64");
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
        );
      },
    },
  });
  return { server, url: new URL(`http://127.0.0.1:${server.port}`) };
}
