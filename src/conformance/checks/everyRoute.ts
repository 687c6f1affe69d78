import { expectError } from "../answers.ts";
import { type Check, expectMatch, expectSame } from "../check.ts";

const ORIGIN = { origin: "https://page.example" };

/** What holds for every route: errors, methods, other origins. */
export const EVERY_ROUTE_CHECKS: readonly Check[] = [
  ...["/api/nonsense", "/v1/api/nonsense"].map(
    (path): Check => ({
      id: `route.unknown${path.startsWith("/v1") ? "-v1" : ""}`,
      source: "official client",
      sentence: `An unknown path below ${path.slice(0, path.lastIndexOf("/") + 1)} is a 404 with a JSON body.`,
      run: async (kit) => expectError(await kit.call("GET", path), { status: 404 }),
    }),
  ),
  {
    id: "route.method",
    source: "official client",
    sentence: "A method that a path does not take is a 405 with a JSON body and an Allow header.",
    run: async (kit) => {
      const answer = await kit.call("DELETE", "/api/v1/data", {
        token: kit.tokenFor("data:heart_rate:write"),
      });
      expectError(answer, { status: 405 });
      expectMatch("Allow", answer.headers.get("allow"), /\bPOST\b/);
    },
  },
  {
    id: "route.too-large",
    source: "official client",
    sentence: "A body of a megabyte is a 413 with a JSON body.",
    run: async (kit) => expectError(await kit.writeBody(`{"x":"${"x".repeat(1_000_000)}"}`), { status: 413 }),
  },
  {
    id: "cors.preflight",
    source: "official client",
    sentence:
      "A preflight allows pages of any origin, with authorization, content-type and x-rpc-method, and can be kept.",
    run: async (kit) => {
      const answer = await kit.call("OPTIONS", "/api/v1/data", {
        headers: {
          ...ORIGIN,
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,content-type,x-rpc-method",
        },
      });
      expectSame("whether it is a success", answer.status >= 200 && answer.status < 300, true);
      expectSame("Access-Control-Allow-Origin", answer.headers.get("access-control-allow-origin"), "*");
      const allowed = answer.headers.get("access-control-allow-headers");
      for (const name of ["authorization", "content-type", "x-rpc-method"]) {
        expectMatch("Access-Control-Allow-Headers", allowed, new RegExp(name, "i"));
      }
      expectMatch("Access-Control-Max-Age", answer.headers.get("access-control-max-age"), /^[1-9]\d*$/);
    },
  },
  {
    id: "cors.answers",
    source: "official client",
    sentence: "Pages of any origin may read the answers, without credentials.",
    run: async (kit) => {
      const token = kit.tokenFor("data:heart_rate:read");
      const answer = await kit.call("GET", "/api/v1/token/validate", { token, headers: ORIGIN });
      expectSame("Access-Control-Allow-Origin", answer.headers.get("access-control-allow-origin"), "*");
      expectSame(
        "Access-Control-Allow-Credentials",
        answer.headers.get("access-control-allow-credentials"),
        null,
      );
    },
  },
  {
    id: "cors.errors",
    source: "official client",
    sentence:
      "Pages of any origin may read errors too, or they could not tell a refused token from a broken network.",
    run: async (kit) => {
      const answer = await kit.call("GET", "/api/v1/token/validate", {
        token: crypto.randomUUID(),
        headers: ORIGIN,
      });
      expectSame("Access-Control-Allow-Origin", answer.headers.get("access-control-allow-origin"), "*");
    },
  },
];
