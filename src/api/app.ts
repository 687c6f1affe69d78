import { Hono } from "hono";
import type { Arrival, Context, Endpoint, PathParameters } from "./context.ts";
import { ApiError, renderError } from "./errors.ts";
import { toApiError } from "./failures.ts";
import { hostCheck } from "./hosts.ts";
import { isOpenToOtherOrigins, pathOf } from "./otherOrigins.ts";
import { underPulsoidHost } from "./pulsoidHost.ts";
import { preflight } from "./responses.ts";
import { type Method, ROUTES, type Route } from "./routes.ts";

/** Answers a request; undefined when it became a socket. */
export type Handler = (
  request: Request,
  arrival: Arrival,
  parameters: PathParameters,
) => Promise<Response | undefined>;

export interface App {
  /** The routes that the server mounts itself, by path. */
  readonly direct: Readonly<Record<string, Handler>>;
  /** Answers every other request. */
  readonly fetch: (request: Request, arrival: Arrival) => Promise<Response>;
}

/** Puts the routes together with what wraps them all: host check, methods, preflight, errors, counting. */
export function createApp(context: Context): App {
  const wrap = wrapper(context);
  const hono = new Hono<{ Bindings: Arrived }>();
  const direct: Record<string, Handler> = {};
  for (const route of ROUTES) {
    const handler = wrap(route);
    if (route.direct) direct[route.path] = handler;
    else {
      hono.all(
        route.path,
        async ({ req, env }) => (await handler(env.request, env.arrival, req.param())) as Response,
      );
    }
  }
  const unknown = wrap({ path: ANY_PATH, methods: {} });
  hono.notFound(async ({ env }) => (await unknown(env.request, env.arrival, {})) as Response);
  return { direct, fetch: async (request, arrival) => hono.fetch(routable(request), { request, arrival }) };
}

/** A request as it arrived, beside the one by which Hono finds its route. */
interface Arrived {
  readonly request: Request;
  readonly arrival: Arrival;
}

/** Hono takes the body from the answer to HEAD, and the length that it would have with it; the server itself does not. */
function routable(request: Request): Request {
  return request.method === "HEAD" ? new Request(request, { method: "GET" }) : request;
}

/** Stands for every path that no route has. */
const ANY_PATH = "*";

function wrapper(context: Context): (route: Route) => Handler {
  const judge = hostCheck(context.settings, context.leadsPulsoidHosts);
  const { log, responses, settings } = context;
  const logsRequests = settings.logLevel === "debug";
  return (route) => {
    const isOpen = isOpenToOtherOrigins(route.path);
    const otherOrigins: OtherOrigins =
      route.path === ANY_PATH ? (request) => isOpenToOtherOrigins(pathOf(request)) : () => isOpen;
    return async (request, arrival, parameters) => {
      let response: Response | undefined;
      try {
        const verdict = judge(request.headers.get("host"));
        if (verdict === "refused" && !route.anyHost) throw new ApiError("misdirected");
        const tokenRevision = context.verifier.revision;
        const arrivedAt = context.clock();
        const call = { request, context, arrival, parameters, tokenRevision, arrivedAt };
        const endpoint = endpointFor(route, request, otherOrigins);
        response = await (verdict === "pulsoid" ? underPulsoidHost(call, endpoint) : endpoint(call));
      } catch (thrown) {
        const error = toApiError(thrown);
        if (error.row.status >= 500) context.faults.report(error);
        response = renderError(error, { otherOrigins: otherOrigins(request) });
      }
      responses.count(response?.status ?? 101);
      // The route alone: what was asked for may hold a token, in its path as in its query.
      if (logsRequests) {
        log.debug(
          { method: request.method, route: route.path, status: response?.status ?? 101 },
          "Answered.",
        );
      }
      return response;
    };
  };
}

/** Whether pages of other origins may read the answer to a request. */
type OtherOrigins = (request: Request) => boolean;

/** @throws ApiError notFound, or methodNotAllowed with the methods that are (RFC 9110 section 15.5.6) */
function endpointFor({ methods }: Route, request: Request, otherOrigins: OtherOrigins): Endpoint {
  const method = request.method === "HEAD" ? "GET" : request.method;
  const operation = methods[method as Method];
  if (operation !== undefined) return operation.answer;
  const taken = Object.keys(methods);
  const preflights = otherOrigins(request);
  if (method === "OPTIONS" && preflights) return () => preflight(taken.length > 0 ? taken : EVERY_METHOD);
  if (taken.length === 0) throw new ApiError("notFound");
  const allow = [
    ...taken,
    ...(taken.includes("GET") ? ["HEAD"] : []),
    ...(preflights ? ["OPTIONS"] : []),
  ].join(", ");
  throw new ApiError("methodNotAllowed", { headers: { allow } });
}

/** What a preflight for an unknown path is answered: a refused one would hide the 404 from the page that asks. */
const EVERY_METHOD: readonly Method[] = ["GET", "POST", "PUT", "DELETE"];
