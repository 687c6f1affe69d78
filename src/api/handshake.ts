import type { RoomId } from "../storage/rooms.ts";
import type { Call } from "./context.ts";
import { ApiError } from "./errors.ts";
import type { SocketData } from "./liveSockets.ts";

/**
 * Makes a socket of a request that was allowed one. Everything is decided before: a refusal is a plain HTTP answer.
 *
 * @param revision of the control data before the request's rights were looked up; when something changed since then,
 *   they are looked at again
 * @param rooms whose changes the socket hears, for the same reason
 * @throws ApiError upgradeRequired when it is no WebSocket handshake, busy when no more listeners are taken
 */
export function becomeSocket(
  call: Call,
  data: SocketData,
  revision: number,
  rooms: readonly RoomId[] = [],
): undefined {
  const { request, context, arrival } = call;
  if (!isHandshake(request)) throw upgradeRequired();
  if (context.stopping() || context.sockets.size >= context.limits.socketsMax) throw new ApiError("busy");
  if (!arrival.upgrade(request, data)) throw upgradeRequired();
  if (context.control.revision !== revision) {
    context.control.lookAgain({ rights: data.rights.map(({ kind }) => kind), rooms });
  }
}

/** 16 bytes in base64 (RFC 6455 section 4.1). */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/** Whether a request opens a WebSocket (RFC 6455 section 4.2.1). Bun would refuse one that does not without a body. */
function isHandshake({ headers }: Request): boolean {
  return (
    headers.get("upgrade")?.toLowerCase() === "websocket" &&
    headers.get("sec-websocket-version") === "13" &&
    KEY.test(headers.get("sec-websocket-key") ?? "")
  );
}

function upgradeRequired(): ApiError {
  return new ApiError("upgradeRequired", {
    headers: { upgrade: "websocket", connection: "Upgrade", "sec-websocket-version": "13" },
  });
}
