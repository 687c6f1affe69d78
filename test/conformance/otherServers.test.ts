import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Answer } from "../../src/conformance/client/answer.ts";
import { runConformance } from "../../src/conformance/index.ts";
import { NOBODY } from "../../src/conformance/routes.ts";
import { failedIn } from "../support/conformance/catching.ts";
import { CheckedServer } from "../support/conformance/checkedServer.ts";
import {
  changed,
  type Fault,
  MutatingProxy,
  made,
  type Passed,
} from "../support/conformance/mutatingProxy.ts";
import { OURS, otherAuthorization } from "../support/conformance/otherAuthorization.ts";

/** The kit passes servers that do what the wire text says, and what they like where it says nothing. */
let server: CheckedServer;
beforeAll(async () => {
  server = await CheckedServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const TEST_MS_MAX = 60_000;
const NO_PAGE = { status: 404, headers: { "content-type": "text/html" }, body: "<h1>Not found</h1>" };
const MALFORMED = '{"error_code":9001,"error_message":"malformed"}';

/** What another server answers in place of ours; undefined where both do the same. */
function otherAnswer({ method, path, body }: Passed, ours: Answer): Answer | undefined {
  if (method === "OPTIONS") return changed(ours, { headers: { "access-control-allow-methods": undefined } });
  if (path === `/widget/view/${NOBODY}` || path === `/widget/${NOBODY}`) return changed(ours, NO_PAGE);
  if (path.endsWith("there-is-no-such-path") && !path.startsWith("/api/")) {
    return changed(ours, { body: '{"error":"invalid_request"}' });
  }
  if (path.startsWith("/listen/") && ours.status === 404) return changed(ours, { status: 403 });
  if (path.startsWith("/v1/api/feed/") && ours.status === 404) {
    return changed(ours, { status: 410, body: '{"message":"gone"}' });
  }
  if (path === "/v1/api/public/rpc") {
    return changed(ours, {
      body: ours.text
        .replace(/-32601|-32700/, "-32600")
        .replace(/"ws:[^"]*(\/listen\/)/, '"wss://pulse.example.org/pulse$1'),
    });
  }
  const isWidget = method === "POST" && path.startsWith("/api/v1/widgets");
  if (isWidget && ours.status === 200 && /"(f0654a12|b828337f)-/.test(body.toString()))
    return made(400, MALFORMED);
  if (isWidget && ours.status === 400) return changed(ours, { status: 422 });
  return undefined;
}

/** A server that never heard of Heartwire. */
function otherServer(serverToken: string | undefined): Fault {
  const unknown = new Map<string | undefined, Answer>();
  return {
    answer: async (request, next) => {
      const token = request.headers.get("authorization");
      // It remembers which tokens are none.
      if (unknown.has(token) && request.path !== "/api/v1/data") return unknown.get(token);
      // It reads no more than it wants, and its answer does not arrive.
      if (request.body.length > 1_000_000) return undefined;
      const ours = await next(request);
      if (token === `Bearer ${serverToken}` && ours.status === 401) return changed(ours, { status: 403 });
      if (ours.status === 401 && token?.includes(NOBODY) && request.query.size === 0)
        unknown.set(token, ours);
      return otherAnswer(request, ours) ?? ours;
    },
  };
}

test(
  "a server that decided otherwise where the wire text is silent fails nothing, unless what is ours is asked for",
  async () => {
    const only =
      "validate,errors,cors,write,statistics,widgets,widget-*,link,pages,room,token-store-failure,whole-run";
    const given = await server.options();
    using proxy = await MutatingProxy.start(server.origin, otherServer(given.serverToken));
    const base = proxy.origin;
    expect(failedIn(await runConformance({ ...given, base, only }))).toEqual([]);
    // With new options: of the tokens of before one may have expired.
    const asked = await runConformance({ ...(await server.options()), base, only, ours: true });
    expect(asked.results.filter(({ outcome, isOurs }) => outcome === "failed" && !isOurs)).toEqual([]);
    expect(failedIn(asked).toSorted()).toEqual([
      "link.feed-unknown",
      "link.rpc-no-json",
      "link.rpc-other-method",
      "link.socket-unknown",
      "widgets.create-refuses-no-json",
      "widgets.creates-colour-ranges",
      "widgets.creates-third",
      "widgets.update-refuses-no-json",
    ]);
  },
  TEST_MS_MAX,
);

test(
  "an authorization server that decided otherwise where the wire text is silent fails what is ours, all of it, and nothing else",
  async () => {
    const given = await server.options();
    using proxy = await MutatingProxy.start(server.origin, otherAuthorization(given));
    const where = { base: proxy.origin, only: "oauth-*" };
    expect(failedIn(await runConformance({ ...given, ...where }))).toEqual([]);
    const asked = await runConformance({ ...(await server.options()), ...where, ours: true });
    expect(failedIn(asked).toSorted()).toEqual(OURS.toSorted());
  },
  TEST_MS_MAX,
);

test("a body that is too large may be refused by the parser, without a body", async () => {
  using proxy = await MutatingProxy.start(server.origin, {
    answer: (request, next) => (request.body.length > 1_000_000 ? made(413, "") : next(request)),
  });
  const options = { ...(await server.options()), base: proxy.origin, only: "errors.body-too-large" };
  expect(failedIn(await runConformance(options))).toEqual([]);
});
