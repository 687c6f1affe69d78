import { changeClient } from "./account/changeClient.ts";
import { changeDetails } from "./account/changeDetails.ts";
import { deleteClient } from "./account/deleteClient.ts";
import { disconnectApp, resetPinnedSecret } from "./account/disconnectApp.ts";
import { endSession, endSessions } from "./account/endSessions.ts";
import { eraseAccount } from "./account/eraseAccount.ts";
import { exportAccount } from "./account/exportAccount.ts";
import { listActivity } from "./account/listActivity.ts";
import { listApps } from "./account/listApps.ts";
import { listClients } from "./account/listClients.ts";
import { listTokens } from "./account/listTokens.ts";
import { makeToken } from "./account/makeToken.ts";
import { registerClient } from "./account/registerClient.ts";
import { removeOutside, removePasskey } from "./account/removeWays.ts";
import { revokeToken } from "./account/revokeToken.ts";
import { rotateClientSecret } from "./account/rotateClientSecret.ts";
import { showAccount } from "./account/showAccount.ts";
import { descriptions } from "./native/descriptions.ts";
import { health } from "./native/health.ts";
import { metrics } from "./native/metrics.ts";
import { authorize } from "./oauth/authorize.ts";
import { decideAuthorization } from "./oauth/decideAuthorization.ts";
import { decideDevice } from "./oauth/decideDevice.ts";
import { deviceAuthorization } from "./oauth/deviceAuthorization.ts";
import { deviceConsent } from "./oauth/deviceConsent.ts";
import { introspect } from "./oauth/introspect.ts";
import { lookAtAuthorization } from "./oauth/lookAtAuthorization.ts";
import { lookAtDevice } from "./oauth/lookAtDevice.ts";
import { metadata } from "./oauth/metadata.ts";
import { OAUTH_PATHS } from "./oauth/paths.ts";
import { revoke } from "./oauth/revoke.ts";
import { token } from "./oauth/token.ts";
import type { Operation } from "./operation.ts";
import { APP_PAGES } from "./pages/appPage.ts";
import { JOIN_PATH, joinPage } from "./pages/joinPage.ts";
import { overlayAlias, overlayAsset, overlayPage } from "./pages/overlay.ts";
import { pulsoidPage } from "./pages/pulsoidPages.ts";
import { welcome } from "./pages/welcome.ts";
import { latestHeartRate } from "./pulsoid/latestHeartRate.ts";
import { profile } from "./pulsoid/profile.ts";
import { realTime } from "./pulsoid/realTime.ts";
import { roomRealTime } from "./pulsoid/roomRealTime.ts";
import { statistics } from "./pulsoid/statistics.ts";
import { validateToken } from "./pulsoid/validateToken.ts";
import { writeHeartRate } from "./pulsoid/writeHeartRate.ts";
import { configureMember } from "./rooms/configureMember.ts";
import { configureRoom } from "./rooms/configureRoom.ts";
import { createRoom } from "./rooms/createRoom.ts";
import { deleteRoom } from "./rooms/deleteRoom.ts";
import { invite } from "./rooms/invite.ts";
import { joinRoom } from "./rooms/joinRoom.ts";
import { listRooms } from "./rooms/listRooms.ts";
import { removeMember } from "./rooms/removeMember.ts";
import { showRoom } from "./rooms/showRoom.ts";
import { withdrawInvitations } from "./rooms/withdrawInvitations.ts";
import { link } from "./session/link.ts";
import { outside } from "./session/outside.ts";
import { passkey } from "./session/passkeys.ts";
import { password } from "./session/password.ts";
import { reset } from "./session/reset.ts";
import { signIn } from "./session/signIn.ts";
import { signOut } from "./session/signOut.ts";
import { signUp } from "./session/signUp.ts";
import { token as pageToken } from "./session/token.ts";
import { ways } from "./session/ways.ts";
import { feed } from "./widgetLink/feed.ts";
import { listen } from "./widgetLink/listen.ts";
import { rpc } from "./widgetLink/rpc.ts";
import { view } from "./widgetLink/view.ts";
import { createWidget } from "./widgets/createWidget.ts";
import { deleteWidget } from "./widgets/deleteWidget.ts";
import { closeLink, openLink } from "./widgets/link.ts";
import { listWidgets } from "./widgets/listWidgets.ts";
import { updateWidget } from "./widgets/updateWidget.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface Route {
  /** A word that starts with a colon stands for any word, and reaches the endpoint as a parameter. */
  readonly path: string;
  readonly methods: Readonly<Partial<Record<Method, Operation>>>;
  /** Mounted on the server itself, beside Hono: asked very often, becomes a socket, or is asked without a Host. */
  readonly direct?: true;
  /** Answers under any host name: load balancers ask by address. */
  readonly anyHost?: true;
}

/** What Pulsoid has no way for. */
const OURS = "/api/heartwire/v1";

/** Pulsoid documents no way to make or join a room; these are ours. */
const ROOMS = `${OURS}/rooms`;

/** What somebody who is signed in does with their account. */
const ACCOUNT = `${OURS}/account`;

const described = descriptions(() => ROUTES);

/** Every path of the server. */
export const ROUTES: readonly Route[] = [
  { path: "/api/v1/data", methods: { POST: writeHeartRate }, direct: true },
  { path: "/api/v1/data/heart_rate/latest", methods: { GET: latestHeartRate }, direct: true },
  { path: "/api/v1/data/real_time", methods: { GET: realTime }, direct: true },
  { path: "/api/v1/statistics", methods: { GET: statistics } },
  { path: "/api/v1/token/validate", methods: { GET: validateToken } },
  { path: "/api/v1/profile", methods: { GET: profile } },
  { path: "/api/v2/data/rooms/:roomId/real_time", methods: { GET: roomRealTime }, direct: true },
  { path: ROOMS, methods: { GET: listRooms, POST: createRoom } },
  { path: `${ROOMS}/join`, methods: { POST: joinRoom } },
  { path: `${ROOMS}/:roomId`, methods: { GET: showRoom, DELETE: deleteRoom } },
  { path: `${ROOMS}/:roomId/config`, methods: { PUT: configureRoom } },
  { path: `${ROOMS}/:roomId/invitations`, methods: { POST: invite, DELETE: withdrawInvitations } },
  { path: `${ROOMS}/:roomId/members/:profileId`, methods: { DELETE: removeMember } },
  { path: `${ROOMS}/:roomId/members/:profileId/config`, methods: { PUT: configureMember } },
  { path: "/api/v1/widgets", methods: { GET: listWidgets, POST: createWidget } },
  { path: "/api/v1/widgets/:id", methods: { POST: updateWidget } },
  { path: `${OURS}/widgets/:id`, methods: { DELETE: deleteWidget } },
  { path: `${OURS}/widgets/:id/link`, methods: { PUT: openLink, DELETE: closeLink } },
  { path: ACCOUNT, methods: { GET: showAccount } },
  { path: `${ACCOUNT}/details`, methods: { PUT: changeDetails } },
  { path: `${ACCOUNT}/sessions`, methods: { DELETE: endSessions } },
  { path: `${ACCOUNT}/sessions/:id`, methods: { DELETE: endSession } },
  { path: `${ACCOUNT}/passkeys/:id`, methods: { DELETE: removePasskey } },
  { path: `${ACCOUNT}/outside`, methods: { DELETE: removeOutside } },
  { path: `${ACCOUNT}/tokens`, methods: { GET: listTokens, POST: makeToken } },
  { path: `${ACCOUNT}/tokens/:id`, methods: { DELETE: revokeToken } },
  { path: `${ACCOUNT}/apps`, methods: { GET: listApps } },
  { path: `${ACCOUNT}/apps/:clientId`, methods: { DELETE: disconnectApp } },
  { path: `${ACCOUNT}/apps/:clientId/secret`, methods: { DELETE: resetPinnedSecret } },
  { path: `${ACCOUNT}/clients`, methods: { GET: listClients, POST: registerClient } },
  { path: `${ACCOUNT}/clients/:clientId`, methods: { PUT: changeClient, DELETE: deleteClient } },
  { path: `${ACCOUNT}/clients/:clientId/secret`, methods: { POST: rotateClientSecret } },
  { path: `${ACCOUNT}/activity`, methods: { GET: listActivity } },
  { path: `${ACCOUNT}/export`, methods: { GET: exportAccount } },
  { path: `${ACCOUNT}/erase`, methods: { POST: eraseAccount } },
  { path: "/v1/api/public/rpc", methods: { POST: rpc } },
  { path: "/v1/api/feed/:id", methods: { GET: feed } },
  { path: `${OURS}/links/:id`, methods: { GET: view } },
  { path: "/listen/:id", methods: { GET: listen }, direct: true },
  { path: OAUTH_PATHS.authorize, methods: { GET: authorize } },
  { path: OAUTH_PATHS.token, methods: { POST: token } },
  { path: OAUTH_PATHS.revoke, methods: { POST: revoke } },
  { path: OAUTH_PATHS.introspect, methods: { POST: introspect } },
  { path: OAUTH_PATHS.deviceAuthorization, methods: { POST: deviceAuthorization } },
  { path: OAUTH_PATHS.deviceConsent, methods: { GET: deviceConsent } },
  { path: OAUTH_PATHS.metadata, methods: { GET: metadata } },
  { path: `${OURS}/authorizations`, methods: { POST: decideAuthorization } },
  { path: `${OURS}/authorizations/look`, methods: { POST: lookAtAuthorization } },
  { path: `${OURS}/device_authorizations`, methods: { POST: decideDevice } },
  { path: `${OURS}/device_authorizations/look`, methods: { POST: lookAtDevice } },
  { path: "/health/live", methods: { GET: health.live }, direct: true, anyHost: true },
  { path: "/health/ready", methods: { GET: health.ready }, direct: true, anyHost: true },
  { path: "/metrics", methods: { GET: metrics } },
  { path: "/openapi.json", methods: { GET: described.openApi } },
  { path: "/asyncapi.json", methods: { GET: described.asyncApi } },
  { path: "/reference", methods: { GET: described.reference } },
  { path: "/session/ways", methods: { GET: ways } },
  { path: "/session/sign-in", methods: { POST: signIn } },
  { path: "/session/sign-up", methods: { POST: signUp } },
  { path: "/session/link", methods: { POST: link } },
  { path: "/session/reset", methods: { POST: reset } },
  { path: "/session/token", methods: { POST: pageToken } },
  { path: "/session/sign-out", methods: { POST: signOut } },
  { path: "/session/password", methods: { POST: password } },
  { path: "/session/passkey/options", methods: { POST: passkey.options } },
  { path: "/session/passkey/sign-in", methods: { POST: passkey.signIn } },
  { path: "/session/passkey/new-options", methods: { POST: passkey.newOptions } },
  { path: "/session/passkey/new", methods: { POST: passkey.add } },
  { path: "/session/outside", methods: { POST: outside.start } },
  { path: "/session/outside/callback", methods: { GET: outside.callback } },
  { path: "/", methods: { GET: welcome } },
  { path: "/widget/view/:id", methods: { GET: overlayPage } },
  { path: "/widget/:id", methods: { GET: overlayAlias } },
  { path: "/assets/:file", methods: { GET: overlayAsset } },
  { path: JOIN_PATH, methods: { GET: joinPage } },
  ...Object.entries(APP_PAGES).map(([path, GET]) => ({ path, methods: { GET } })),
  { path: "/ui/:page", methods: { GET: pulsoidPage } },
];
