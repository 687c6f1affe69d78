import packageJson from "../../../package.json" with { type: "json" };
import { bearerUse, type Frame, type Operation } from "../operation.ts";
import type { Route } from "../routes.ts";
import { templateOf } from "./openapi.ts";
import { type JsonSchema, Schemas } from "./schemas.ts";

/** Any AsyncAPI document, or a part of it. */
export type AsyncApi = Readonly<Record<string, unknown>>;

interface Socket {
  readonly path: string;
  readonly operation: Operation;
  readonly frames: readonly Frame[];
}

/** Describes every socket in AsyncAPI 3, from the schemas of its frames; without `servers`, which differ by reader. */
export function asyncApi(routes: readonly Route[]): AsyncApi {
  const schemas = new Schemas();
  const sockets = routes.flatMap(socketsOf);
  const channels = Object.fromEntries(
    sockets.map((socket) => [socket.operation.id, channelOf(socket, schemas)]),
  );
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Heartwire, live",
      version: packageJson.version,
      description:
        "Text frames only, from the server only: what a client says is ignored. Authentication is decided before the upgrade, by a plain HTTP answer. Keep-alive is by protocol pings. A socket is never closed with 1000: 1001 when the server stops, 1008 when the right to listen ended.",
      license: { name: "MIT" },
    },
    defaultContentType: "application/json",
    channels,
    operations: Object.fromEntries(sockets.map(({ operation }) => [operation.id, sends(operation)])),
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A token: a UUID of 36 characters." },
        query: { type: "httpApiKey", in: "query", name: "access_token", description: "The same token." },
      },
      schemas: schemas.named,
    },
  };
}

/** The document's `servers`. @param origin the address under which the reader reaches this server */
export function asyncApiServers(origin: string): AsyncApi {
  const { host, protocol } = new URL(origin);
  return { here: { host, protocol: protocol === "https:" ? "wss" : "ws" } };
}

function socketsOf({ path, methods }: Route): readonly Socket[] {
  return Object.values(methods).flatMap((operation) =>
    operation.success.status === 101 ? [{ path, operation, frames: operation.success.frames }] : [],
  );
}

function channelOf({ path, operation, frames }: Socket, schemas: Schemas): AsyncApi {
  const parameters = Object.entries(operation.path?.shape ?? {}).map(([name, schema]) => [
    name,
    { description: schema.description ?? `The ${name} in the path.` },
  ]);
  const query = operation.query === undefined ? undefined : schemas.taken(operation.query);
  return {
    address: templateOf(path),
    title: operation.summary,
    ...(operation.notes === undefined ? {} : { description: operation.notes }),
    ...(parameters.length === 0 ? {} : { parameters: Object.fromEntries(parameters) }),
    messages: Object.fromEntries(frames.map((frame) => [frame.name, messageOf(frame, schemas)])),
    bindings: { ws: { method: "GET", ...(query === undefined ? {} : { query }), bindingVersion: "0.1.0" } },
  };
}

function messageOf({ name, when, schema }: Frame, schemas: Schemas): AsyncApi {
  const payload: JsonSchema = schemas.given(schema);
  const isText = schema.def.type === "string";
  return {
    name,
    summary: `Sent when ${when}.`,
    contentType: isText ? "text/plain" : "application/json",
    payload,
  };
}

/** The application that is described is the server: it sends. */
function sends({ id, summary, token }: Operation): AsyncApi {
  const use = bearerUse(token);
  const schemes = use === undefined ? [] : ["bearer", ...(use.query ? ["query"] : [])];
  return {
    action: "send",
    channel: { $ref: `#/channels/${id}` },
    summary,
    ...(schemes.length === 0
      ? {}
      : { security: schemes.map((name) => ({ $ref: `#/components/securitySchemes/${name}` })) }),
  };
}
