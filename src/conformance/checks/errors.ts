import { area, type Rule } from "../check.ts";
import { ConnectionEnded } from "../client/connection.ts";
import { expectError, expectThat, shown } from "../expectations.ts";
import { holds } from "../needs.ts";
import { PATHS, TOKEN_ROUTES } from "../routes.ts";

const SECTION = "3 Errors on /api/";

const UNKNOWN = [
  ["api", "/api/v1/there-is-no-such-path"],
  ["oauth2", "/oauth2/there-is-no-such-path"],
  ["v1-api", "/v1/api/there-is-no-such-path"],
] as const;

/** Not described by Pulsoid in public, and so a JSON 404 until somebody does more. */
const WRONG_METHODS = TOKEN_ROUTES.filter(({ name }) => name !== "widget-create");

/** Far more than any body of the wire. */
const LARGE_BYTES = 4_194_304;

const unknownPaths: readonly Rule[] = UNKNOWN.map(([name, path]) => [
  `unknown-path-${name}`,
  `An unknown path under ${path.replace("there-is-no-such-path", "")} is a 404 in JSON.`,
  async (kit) => {
    for (const method of ["GET", "POST"]) {
      const answer = await kit.ask({ method, path });
      // Pulsoid's error codes are those of /api/; OAuth has errors of its own (RFC 6749 section 5.2).
      if (path.startsWith("/api/")) expectError(answer, { status: 404 });
      else expectThat(answer.status === 404 && answer.isJson, "404 with a JSON body", shown(answer));
    }
  },
]);

const wrongMethods: readonly Rule[] = WRONG_METHODS.map(({ name, title, method, path }) => [
  `wrong-method-${name}`,
  `${title.startsWith("The") ? title : `The path of ${title}`} answers a method that it does not take with 405 in JSON, and Allow names ${method}.`,
  async (kit) => {
    const answer = await kit.ask({ method: "PATCH", path, token: kit.tokens.read.token });
    expectError(answer, { status: 405 });
    const allow = answer.header("allow") ?? "not there";
    expectThat(new RegExp(`\\b${method}\\b`).test(allow), `Allow with ${method}`, `Allow: ${allow}`);
  },
]);

/** Errors that no single endpoint is about. */
export const ERRORS = area("errors", SECTION, [
  ...unknownPaths,
  ...wrongMethods,
  [
    "body-too-large",
    "A body that is far too large is taken, or answered with 413, in JSON or without a body, or the connection is ended.",
    async (kit) => {
      const padding = "x".repeat(LARGE_BYTES);
      const answer = await kit
        .send(`{"measured_at":1709312400000,"data":{"heart_rate":0},"padding":"${padding}"}`)
        .catch((error) => {
          // An answer before the whole body is read may be lost on the way (RFC 9112 section 9.6).
          if (error instanceof ConnectionEnded) return undefined;
          throw error;
        });
      if (answer === undefined) return;
      if (answer.status === 200) expectThat(answer.text === "{}", "200 {}", shown(answer));
      // The HTTP parser, which refuses some requests itself, has no body for it.
      else if (answer.status !== 413 || answer.text !== "") expectError(answer, { status: 413 });
    },
  ],
  [
    "upgrade-missing-live",
    "The live socket's path answers a plain GET with 426 in JSON.",
    async (kit) =>
      expectError(await kit.ask({ path: PATHS.live, token: kit.tokens.read.token }), { status: 426 }),
  ],
  [
    "content-type-on-get",
    "A GET that declares a JSON body and has none is answered as any other.",
    async (kit) => {
      const headers = { "content-type": "application/json" };
      const answer = await kit.ask({ path: PATHS.profile, token: kit.token(["profile:read"]), headers });
      expectThat(answer.status === 200 && answer.isJson, "200 with a JSON body", shown(answer));
    },
    { needs: [holds("profile:read")] },
  ],
]);
