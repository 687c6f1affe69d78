import { readJson } from "../../src/api/body.ts";
import { renderError } from "../../src/api/errors.ts";
import { toApiError } from "../../src/api/failures.ts";
import { writeHeartRateBody } from "../../src/api/pulsoid/writeHeartRate.ts";
import { empty } from "../../src/api/responses.ts";
import { authorise } from "../../src/auth/bearer.ts";
import { SessionTokens } from "../../src/auth/sessionTokens.ts";
import { TokenVerifier } from "../../src/auth/tokens.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import { DEFAULT_LIMITS } from "../../src/settings/limits.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";

/**
 * What a write costs before anything is stored: a bare `Bun.serve` route that looks the token up, parses and
 * validates the body with the server's own code, and answers 200.
 *
 * Arguments: the port, and the file of users and tokens.
 */
const [port, controlFile] = process.argv.slice(2) as [string, string];
const verifier = new TokenVerifier(
  await SqliteDirectory.open(controlFile),
  DEFAULT_LIMITS.cachedTokensMax,
  new SessionTokens(0),
);
const demand = { scope: "data:heart_rate:write", query: true } as const;

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  routes: {
    "/api/v1/data": {
      POST: async (request) => {
        try {
          await authorise(request, demand, verifier, Date.now() as EpochMs);
          await readJson(request, writeHeartRateBody, DEFAULT_LIMITS.bodyBytesMax);
          return empty();
        } catch (error) {
          return renderError(toApiError(error), { otherOrigins: true });
        }
      },
    },
    "/health/ready": new Response("{}"),
  },
  fetch: () => new Response("not found", { status: 404 }),
});
