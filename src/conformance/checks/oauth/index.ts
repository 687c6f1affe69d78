import type { Check } from "../../check.ts";
import { AUTHORIZE } from "./authorize.ts";
import { CODE } from "./code.ts";
import { DEVICE, DEVICE_POLL } from "./device.ts";
import { DEVICE_CONSENT } from "./deviceConsent.ts";
import { IMPLICIT } from "./implicit.ts";
import { METADATA } from "./metadata.ts";
import { PUBLIC_CODE } from "./pkce.ts";
import { REFRESH } from "./refresh.ts";
import { REVOKE, REVOKED_PAIR } from "./revoke.ts";
import { SERVER_TOKENS } from "./serverTokens.ts";
import { TOKEN_ENDPOINT } from "./tokenEndpoint.ts";

export { DEVICE_EXPIRY, DEVICE_EXPIRY_BEGINS } from "./device.ts";

/** OAuth: first what needs nobody's hand, then what the test user has to allow or deny. */
export const OAUTH: readonly Check[] = [
  ...METADATA,
  ...TOKEN_ENDPOINT,
  ...SERVER_TOKENS,
  ...AUTHORIZE,
  ...DEVICE,
  ...DEVICE_POLL,
  ...REVOKE,
  ...CODE,
  ...PUBLIC_CODE,
  ...REFRESH,
  ...IMPLICIT,
  ...DEVICE_CONSENT,
  ...REVOKED_PAIR,
];
