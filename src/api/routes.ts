import { descriptions } from "./native/descriptions.ts";
import { health } from "./native/health.ts";
import { metrics } from "./native/metrics.ts";
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
  { path: "/v1/api/public/rpc", methods: { POST: rpc } },
  { path: "/v1/api/feed/:id", methods: { GET: feed } },
  { path: `${OURS}/links/:id`, methods: { GET: view } },
  { path: "/listen/:id", methods: { GET: listen }, direct: true },
  { path: "/health/live", methods: { GET: health.live }, direct: true, anyHost: true },
  { path: "/health/ready", methods: { GET: health.ready }, direct: true, anyHost: true },
  { path: "/metrics", methods: { GET: metrics } },
  { path: "/openapi.json", methods: { GET: described.openApi } },
  { path: "/asyncapi.json", methods: { GET: described.asyncApi } },
  { path: "/reference", methods: { GET: described.reference } },
  { path: "/", methods: { GET: welcome } },
  { path: "/widget/view/:id", methods: { GET: overlayPage } },
  { path: "/widget/:id", methods: { GET: overlayAlias } },
  { path: "/assets/:file", methods: { GET: overlayAsset } },
  { path: JOIN_PATH, methods: { GET: joinPage } },
  ...Object.entries(APP_PAGES).map(([path, GET]) => ({ path, methods: { GET } })),
  { path: "/ui/:page", methods: { GET: pulsoidPage } },
];
