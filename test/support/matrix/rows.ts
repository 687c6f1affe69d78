import type { Scope } from "../../../src/domain/scopes.ts";

/**
 * Who may ask for what, written down a second time and by hand: what the code says of itself is not believed. A route
 * without a row, and a row without a route, fail the matrix.
 */
export interface Row {
  /**
   * `anybody`: asked without a token. `any token`: whatever holds. `page`: the ten-minute token of a page and no other.
   * `cookie`: a sign-in session, outside of the API. `app`: an app's id and secret. Otherwise the scopes, all of which the
   * token must hold.
   */
  readonly right: "anybody" | "any token" | "page" | "cookie" | "app" | readonly [Scope, ...Scope[]];
  /**
   * What somebody is answered who has every right, but over what is theirs alone. `own`: the path is about whoever asks,
   * and the answer holds nothing of anybody else.
   */
  readonly stranger?: "own" | 403 | 404;
  /** Opens for a server's token, which is nobody's: it tells only about itself. */
  readonly server?: true;
  /** What just these scopes are answered where another one hides the thing itself: a widget whose link is open. */
  readonly hiddenFrom?: 404;
  /** Reads a token in the query too. */
  readonly query?: true;
}

const READ: Scope = "data:heart_rate:read";
const WRITE: Scope = "data:heart_rate:write";
const OURS = "/api/heartwire/v1";
const ROOMS = `${OURS}/rooms`;

const ANYBODY: Row = { right: "anybody" };

export const ROWS: Readonly<Record<string, Row>> = {
  "POST /api/v1/data": { right: [WRITE], stranger: "own", query: true },
  "GET /api/v1/data/heart_rate/latest": { right: [READ], stranger: "own" },
  "GET /api/v1/data/real_time": { right: [READ], stranger: "own", query: true },
  "GET /api/v1/statistics": { right: ["data:statistics:read"], stranger: "own" },
  "GET /api/v1/token/validate": { right: "any token", stranger: "own", server: true },
  "GET /api/v1/profile": { right: ["profile:read"], stranger: "own" },
  "GET /api/v2/data/rooms/:roomId/real_time": { right: ["data:room:read"], stranger: 403, query: true },
  [`GET ${ROOMS}`]: { right: ["data:room:read"], stranger: "own" },
  [`POST ${ROOMS}`]: { right: ["data:room:write", READ], stranger: "own" },
  [`POST ${ROOMS}/join`]: { right: ["data:room:write", READ], stranger: "own" },
  [`GET ${ROOMS}/:roomId`]: { right: ["data:room:read"], stranger: 403 },
  [`DELETE ${ROOMS}/:roomId`]: { right: ["data:room:write"], stranger: 403 },
  [`PUT ${ROOMS}/:roomId/config`]: { right: ["data:room:write"], stranger: 403 },
  [`POST ${ROOMS}/:roomId/invitations`]: { right: ["data:room:write", READ], stranger: 403 },
  [`DELETE ${ROOMS}/:roomId/invitations`]: { right: ["data:room:write"], stranger: 403 },
  [`DELETE ${ROOMS}/:roomId/members/:profileId`]: { right: ["data:room:write"], stranger: 403 },
  [`PUT ${ROOMS}/:roomId/members/:profileId/config`]: { right: ["data:room:write"], stranger: 403 },
  "GET /api/v1/widgets": { right: ["widgets:read"], stranger: "own" },
  "POST /api/v1/widgets": { right: ["widgets:update"], stranger: "own" },
  "POST /api/v1/widgets/:id": { right: ["widgets:update"], stranger: 404, hiddenFrom: 404 },
  [`DELETE ${OURS}/widgets/:id`]: { right: ["widgets:update"], stranger: 404, hiddenFrom: 404 },
  [`PUT ${OURS}/widgets/:id/link`]: { right: ["widgets:update", READ], stranger: 404 },
  [`DELETE ${OURS}/widgets/:id/link`]: { right: ["widgets:update"], stranger: 404, hiddenFrom: 404 },
  // By the address of an open link alone, as older clients and OBS ask.
  "POST /v1/api/public/rpc": ANYBODY,
  "GET /v1/api/feed/:id": ANYBODY,
  [`GET ${OURS}/links/:id`]: ANYBODY,
  "GET /listen/:id": ANYBODY,
  "GET /health/live": ANYBODY,
  "GET /health/ready": ANYBODY,
  "GET /metrics": ANYBODY,
  "GET /openapi.json": ANYBODY,
  "GET /asyncapi.json": ANYBODY,
  "GET /reference": ANYBODY,
  "GET /": ANYBODY,
  "GET /widget/view/:id": ANYBODY,
  "GET /widget/:id": ANYBODY,
  "GET /assets/:file": ANYBODY,
  "GET /join": ANYBODY,
  // The same for everybody: what they show they ask for.
  "GET /sign-in": ANYBODY,
  "GET /sign-up": ANYBODY,
  "GET /reset": ANYBODY,
  "GET /apps": ANYBODY,
  "GET /tokens": ANYBODY,
  "GET /developer": ANYBODY,
  "GET /account": ANYBODY,
  "GET /activity": ANYBODY,
  "GET /ui/:page": ANYBODY,
};
