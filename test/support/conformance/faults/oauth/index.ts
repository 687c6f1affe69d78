import type { WrongServer } from "../../wrongServer.ts";
import { AUTHORIZE_FAULTS } from "./authorize.ts";
import { CODE_FAULTS } from "./code.ts";
import { DEVICE_FAULTS } from "./device.ts";
import { IMPLICIT_FAULTS } from "./implicit.ts";
import { REFRESH_FAULTS } from "./refresh.ts";
import { REVOKE_FAULTS } from "./revoke.ts";
import { SERVER_TOKEN_FAULTS } from "./serverTokens.ts";
import { TOKEN_ENDPOINT_FAULTS } from "./tokenEndpoint.ts";

/** Authorization servers that each break one rule. */
export const OAUTH_FAULTS: readonly WrongServer[] = [
  ...TOKEN_ENDPOINT_FAULTS,
  ...SERVER_TOKEN_FAULTS,
  ...AUTHORIZE_FAULTS,
  ...DEVICE_FAULTS,
  ...CODE_FAULTS,
  ...REFRESH_FAULTS,
  ...IMPLICIT_FAULTS,
  ...REVOKE_FAULTS,
];
