import type { Answer } from "./client/answer.ts";
import type { Asked } from "./client/httpClient.ts";
import type { Kit } from "./kit.ts";

/** The paths of the wire that have no variable part. */
export const PATHS = {
  write: "/api/v1/data",
  latest: "/api/v1/data/heart_rate/latest",
  live: "/api/v1/data/real_time",
  statistics: "/api/v1/statistics",
  validate: "/api/v1/token/validate",
  profile: "/api/v1/profile",
  widgets: "/api/v1/widgets",
  rpc: "/v1/api/public/rpc",
  authorize: "/oauth2/authorize",
  token: "/oauth2/token",
  revoke: "/oauth2/revoke",
  device: "/oauth2/device_authorization",
  metadata: "/.well-known/oauth-authorization-server",
} as const;

/** An id that nothing has. */
export const NOBODY = "00000000-0000-4000-8000-000000000000";

/** A route that a token opens. */
export interface TokenRoute {
  readonly name: string;
  /** As a person writes it. */
  readonly title: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Absent where any token will do. */
  readonly scope?: string;
  /** Whether `?access_token=` is read. */
  readonly readsQuery: boolean;
  readonly isSocket: boolean;
  /** A body that leaves no trace. */
  readonly body?: string;
}

const get = { method: "GET", readsQuery: false, isSocket: false } as const;
const post = { method: "POST", readsQuery: false, isSocket: false } as const;

/** Every route of the wire that a token opens. */
export const TOKEN_ROUTES: readonly TokenRoute[] = [
  {
    ...post,
    name: "write",
    title: "POST /api/v1/data",
    path: PATHS.write,
    scope: "data:heart_rate:write",
    readsQuery: true,
    body: '{"measured_at":1709312400000,"data":{"heart_rate":0}}',
  },
  {
    ...get,
    name: "latest",
    title: "GET /api/v1/data/heart_rate/latest",
    path: PATHS.latest,
    scope: "data:heart_rate:read",
  },
  {
    ...get,
    name: "live",
    title: "The live socket",
    path: PATHS.live,
    scope: "data:heart_rate:read",
    readsQuery: true,
    isSocket: true,
  },
  {
    ...get,
    name: "statistics",
    title: "GET /api/v1/statistics",
    path: PATHS.statistics,
    scope: "data:statistics:read",
  },
  { ...get, name: "validate", title: "GET /api/v1/token/validate", path: PATHS.validate },
  { ...get, name: "profile", title: "GET /api/v1/profile", path: PATHS.profile, scope: "profile:read" },
  { ...get, name: "widgets", title: "GET /api/v1/widgets", path: PATHS.widgets, scope: "widgets:read" },
  {
    ...post,
    name: "widget-create",
    title: "POST /api/v1/widgets",
    path: PATHS.widgets,
    scope: "widgets:update",
    body: "{",
  },
  {
    ...post,
    name: "widget-update",
    title: "POST /api/v1/widgets/{id}",
    path: `${PATHS.widgets}/${NOBODY}`,
    scope: "widgets:update",
    body: '{"configuration":{}}',
  },
  {
    ...get,
    name: "room",
    title: "The rooms socket",
    path: `/api/v2/data/rooms/${NOBODY}/real_time`,
    scope: "data:room:read",
    readsQuery: true,
    isSocket: true,
  },
];

/** The routes of which one asks by a plain request. */
export const HTTP_ROUTES = TOKEN_ROUTES.filter(({ isSocket }) => !isSocket);

/** Asks a route as its clients do, with this authentication; a socket that opens is closed at once. */
export async function askRoute(
  kit: Kit,
  { method, path, body, isSocket }: TokenRoute,
  { query = "", ...more }: Pick<Asked, "token" | "headers"> & { readonly query?: string },
): Promise<Answer> {
  const asked: Asked = { method, path: `${path}${query}`, ...more };
  if (!isSocket) return kit.ask(body === undefined ? asked : { ...asked, body });
  const { answer, socket } = await kit.handshake(asked);
  socket?.[Symbol.dispose]();
  return answer;
}

/** Statuses that a route answers only to somebody whom it let in: what follows is about the request. */
const LET_IN: readonly number[] = [101, 200, 403, 404, 412];

/** Whether the token was good enough for a route, whatever became of the request itself. */
export function isLetIn({ body }: TokenRoute, { status }: Answer): boolean {
  // A body that is made to be refused may be refused as each server likes.
  return LET_IN.includes(status) || (body === "{" && status >= 400 && status < 500 && status !== 401);
}
