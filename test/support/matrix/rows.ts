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
  /** Whoever does it is signed out or gone afterwards: it is asked by somebody who was made for it. */
  readonly spends?: true;
  /** Reads a token in the query too. */
  readonly query?: true;
}

const READ: Scope = "data:heart_rate:read";
const WRITE: Scope = "data:heart_rate:write";
const OURS = "/api/heartwire/v1";
const ROOMS = `${OURS}/rooms`;
const ACCOUNT = `${OURS}/account`;

const ANYBODY: Row = { right: "anybody" };
const COOKIE: Row = { right: "cookie" };

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
  [`GET ${ACCOUNT}`]: { right: "page", stranger: "own" },
  [`PUT ${ACCOUNT}/details`]: { right: "page", stranger: "own" },
  [`DELETE ${ACCOUNT}/sessions`]: { right: "page", spends: true },
  [`DELETE ${ACCOUNT}/sessions/:id`]: { right: "page", stranger: 404 },
  [`DELETE ${ACCOUNT}/passkeys/:id`]: { right: "page", stranger: 404 },
  [`DELETE ${ACCOUNT}/outside`]: { right: "page", spends: true },
  [`GET ${ACCOUNT}/tokens`]: { right: "page", stranger: "own" },
  [`POST ${ACCOUNT}/tokens`]: { right: "page", stranger: "own" },
  [`DELETE ${ACCOUNT}/tokens/:id`]: { right: "page", stranger: 404 },
  [`GET ${ACCOUNT}/apps`]: { right: "page", stranger: "own" },
  [`DELETE ${ACCOUNT}/apps/:clientId`]: { right: "page", stranger: 404 },
  [`DELETE ${ACCOUNT}/apps/:clientId/secret`]: { right: "page", stranger: 404 },
  [`GET ${ACCOUNT}/clients`]: { right: "page", stranger: "own" },
  [`POST ${ACCOUNT}/clients`]: { right: "page", stranger: "own" },
  [`PUT ${ACCOUNT}/clients/:clientId`]: { right: "page", stranger: 404 },
  [`DELETE ${ACCOUNT}/clients/:clientId`]: { right: "page", stranger: 404 },
  [`POST ${ACCOUNT}/clients/:clientId/secret`]: { right: "page", stranger: 404 },
  [`GET ${ACCOUNT}/activity`]: { right: "page", stranger: "own" },
  [`GET ${ACCOUNT}/export`]: { right: "page", stranger: "own" },
  [`POST ${ACCOUNT}/erase`]: { right: "page", spends: true },
  // By the address of an open link alone, as older clients and OBS ask.
  "POST /v1/api/public/rpc": ANYBODY,
  "GET /v1/api/feed/:id": ANYBODY,
  [`GET ${OURS}/links/:id`]: ANYBODY,
  "GET /listen/:id": ANYBODY,
  // Where apps ask: by what they know of themselves, or with a token that ends by it.
  "GET /oauth2/authorize": ANYBODY,
  "POST /oauth2/token": { right: "app" },
  "POST /oauth2/revoke": ANYBODY,
  "POST /oauth2/introspect": { right: "app" },
  "POST /oauth2/device_authorization": ANYBODY,
  "GET /oauth2/device_authorization_consent": ANYBODY,
  "GET /.well-known/oauth-authorization-server": ANYBODY,
  // Whoever is signed in decides about what any app asks: it is let in to what is theirs.
  [`POST ${OURS}/authorizations`]: { right: "page", stranger: "own" },
  [`POST ${OURS}/authorizations/look`]: { right: "page", stranger: "own" },
  [`POST ${OURS}/device_authorizations`]: { right: "page", stranger: "own" },
  [`POST ${OURS}/device_authorizations/look`]: { right: "page", stranger: "own" },
  "GET /health/live": ANYBODY,
  "GET /health/ready": ANYBODY,
  "GET /metrics": ANYBODY,
  "GET /openapi.json": ANYBODY,
  "GET /asyncapi.json": ANYBODY,
  "GET /reference": ANYBODY,
  // Signing in is for those who are not yet. It takes a page of ours (crossSite.test.ts), and no token.
  "GET /session/ways": ANYBODY,
  "POST /session/sign-in": ANYBODY,
  "POST /session/sign-up": ANYBODY,
  "POST /session/link": ANYBODY,
  "POST /session/reset": ANYBODY,
  "POST /session/passkey/options": ANYBODY,
  "POST /session/passkey/sign-in": ANYBODY,
  "POST /session/outside": ANYBODY,
  "GET /session/outside/callback": ANYBODY,
  "POST /session/token": COOKIE,
  "POST /session/sign-out": COOKIE,
  "POST /session/password": COOKIE,
  "POST /session/passkey/new-options": COOKIE,
  "POST /session/passkey/new": COOKIE,
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
