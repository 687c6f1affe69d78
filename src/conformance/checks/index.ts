import type { Check } from "../check.ts";
import { CROSS_ORIGIN } from "./crossOrigin.ts";
import { ERRORS } from "./errors.ts";
import { LATEST } from "./latest.ts";
import { LIVE } from "./live.ts";
import { DEVICE_EXPIRY, DEVICE_EXPIRY_BEGINS, OAUTH } from "./oauth/index.ts";
import { PAGE_CHECKS } from "./pages.ts";
import { PROFILE } from "./profile.ts";
import { RESTART } from "./restart.ts";
import { EXPIRY, REVOCATION } from "./revocation.ts";
import { ROOM_EVENTS } from "./roomEvents.ts";
import { ROOMS } from "./rooms.ts";
import { SLOW } from "./slow.ts";
import { STATISTICS, STATISTICS_OF_NOTHING } from "./statistics.ts";
import { STORE_FAILURE, TOKEN_STORE_FAILURE } from "./storeFailures.ts";
import { TOKEN_ERRORS } from "./tokenErrors.ts";
import { TOKEN_PASSING } from "./tokenPassing.ts";
import { VALIDATE } from "./validate.ts";
import { WHOLE_RUN } from "./wholeRun.ts";
import { WIDGET_LINK } from "./widgetLink.ts";
import { WIDGETS } from "./widgets.ts";
import { WRITE, WRITE_AHEAD } from "./write.ts";
import { WRITE_BODIES } from "./writeBodies.ts";

/**
 * Every check, in the order in which they run: what a fault of the server would leave behind for others comes late, what needs
 * the operator's hand after that, and what looks back at everything at the end.
 */
export const CHECKS: readonly Check[] = [
  // A token that expires soon cannot wait for the others, and what takes ten minutes takes them meanwhile.
  ...EXPIRY,
  ...DEVICE_EXPIRY_BEGINS,
  ...VALIDATE,
  ...TOKEN_ERRORS,
  ...TOKEN_PASSING,
  ...ERRORS,
  ...CROSS_ORIGIN,
  ...WRITE,
  ...WRITE_BODIES,
  ...LATEST,
  ...LIVE,
  ...STATISTICS,
  ...STATISTICS_OF_NOTHING,
  ...PROFILE,
  ...WIDGETS,
  ...WIDGET_LINK,
  ...PAGE_CHECKS,
  ...ROOMS,
  ...ROOM_EVENTS,
  ...OAUTH,
  ...WRITE_AHEAD,
  ...SLOW,
  ...REVOCATION,
  ...RESTART,
  ...STORE_FAILURE,
  ...TOKEN_STORE_FAILURE,
  ...DEVICE_EXPIRY,
  ...WHOLE_RUN,
];
