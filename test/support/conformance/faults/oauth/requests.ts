import type { Answer } from "../../../../../src/conformance/client/answer.ts";
import { NOBODY } from "../../../../../src/conformance/routes.ts";
import { changed, type Fault, made, type Passed, withBody, withHeaders } from "../../mutatingProxy.ts";
import { answering, rewriting } from "../../wrongServer.ts";

/** The form of a request. */
export function formOf({ body }: Passed): URLSearchParams {
  return new URLSearchParams(body.toString());
}

export const isToken = ({ method, path }: Passed) => method === "POST" && path === "/oauth2/token";
export const isDevice = ({ method, path }: Passed) =>
  method === "POST" && path === "/oauth2/device_authorization";
export const isRevocation = ({ method, path }: Passed) => method === "POST" && path === "/oauth2/revoke";
export const isAuthorize = ({ method, path }: Passed) => method === "GET" && path === "/oauth2/authorize";
export const isValidate = ({ path }: Passed) => path === "/api/v1/token/validate";

type Meant = (request: Passed) => boolean;

/** Token requests of one kind. */
export function grant(
  type: string,
  also: (form: URLSearchParams, request: Passed) => boolean = () => true,
): Meant {
  return (request) => {
    const form = formOf(request);
    return isToken(request) && form.get("grant_type") === type && also(form, request);
  };
}

export const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";

const TOKEN = `{"access_token":"${NOBODY}","refresh_token":"${NOBODY}","expires_in":3600,"token_type":"bearer"}`;

/** Gives a token for what should be refused. */
export function accepting(isMeant: Meant): Fault {
  return answering(isMeant, (answer) => (answer.status >= 400 ? made(200, TOKEN) : answer));
}

/** Refuses what should be answered. */
export function refusing(isMeant: Meant, error: string, status = 400): Fault {
  return answering(isMeant, () => made(status, JSON.stringify({ error, error_description: "no" })));
}

/** Adds to the JSON of a successful answer, or changes it. */
export function telling(isMeant: Meant, fields: Readonly<Record<string, unknown>>): Fault {
  return rewriting<object>(isMeant, (body) => ({ ...body, ...fields }));
}

/** Lets caches keep what they may not. */
export function storable(isMeant: Meant, isMeantAnswer: (answer: Answer) => boolean): Fault {
  return answering(isMeant, (answer) =>
    isMeantAnswer(answer) ? changed(answer, { headers: { "cache-control": undefined } }) : answer,
  );
}

/** Gives out what is no UUID in one field, and takes it back as if it were one. */
export function marking(isMeant: Meant, field: string): Fault {
  return {
    answer: async (request, next) => {
      const answer = await next(unmarked(request));
      if (!isMeant(request) || answer.status !== 200) return answer;
      return changed(answer, { body: answer.text.replace(`"${field}":"`, `"${field}":"${MARK}`) });
    },
  };
}

const MARK = "x-";

function unmarked(request: Passed): Passed {
  const strip = (text: string) => text.replaceAll(/x-(?=[0-9a-f]{8}-)/g, "");
  const authorization = request.headers.get("authorization");
  const body = request.body.toString();
  const stripped = strip(body) === body ? request : withBody(request, strip(body));
  return authorization === undefined
    ? stripped
    : withHeaders(stripped, { authorization: strip(authorization) });
}

/** The bearer token of a request. */
export function bearerOf({ headers }: Passed): string {
  return headers.get("authorization")?.replace(/^Bearer /, "") ?? "";
}

/** How a token came to be. */
export interface Origin {
  readonly grant: string;
  readonly form: URLSearchParams;
  readonly refreshToken: string;
}

const CONSENT = "/api/heartwire/v1/authorizations";

/** Changes answers by what was given out before, which it remembers by access token. */
export function remembering(
  change: (answer: Answer, request: Passed, issued: ReadonlyMap<string, Origin>) => Answer | undefined,
): Fault {
  const issued = new Map<string, Origin>();
  return {
    answer: async (request, next) => {
      const answer = await next(request);
      remember(issued, request, answer);
      return change(answer, request, issued);
    },
  };
}

function remember(issued: Map<string, Origin>, request: Passed, answer: Answer): void {
  if (answer.status !== 200) return;
  const said = answer.json as Readonly<Record<string, string>> | undefined;
  if (isToken(request)) {
    const form = formOf(request);
    const origin = { grant: form.get("grant_type") ?? "", form, refreshToken: said?.refresh_token ?? "" };
    issued.set(said?.access_token ?? "", origin);
  } else if (request.path === CONSENT) {
    const token = new URLSearchParams(URL.parse(said?.redirect_to ?? "")?.hash.slice(1)).get("access_token");
    if (token !== null)
      issued.set(token, { grant: "implicit", form: new URLSearchParams(), refreshToken: "" });
  }
}

/** Says something else of tokens that came to be in one way. */
export function validating(
  isMeant: (origin: Origin) => boolean,
  rewrite: (said: Readonly<Record<string, unknown>>) => object,
): Fault {
  return remembering((answer, request, issued) => {
    const origin = issued.get(bearerOf(request));
    if (!isValidate(request) || origin === undefined || answer.status !== 200 || !isMeant(origin))
      return answer;
    return changed(answer, { body: JSON.stringify(rewrite(answer.json as Record<string, unknown>)) });
  });
}

/** Leads a browser elsewhere than it should. @param type the response type of the request */
export function leading(
  type: "code" | "token",
  allow: boolean,
  change: (url: URL) => string | undefined,
): Fault {
  return answering(
    ({ path, body }) => {
      if (path !== CONSENT) return false;
      const said = JSON.parse(body.toString()) as { readonly query: string; readonly allow: boolean };
      return said.allow === allow && new URLSearchParams(said.query).get("response_type") === type;
    },
    (answer) => {
      const url = new URL((answer.json as { readonly redirect_to: string }).redirect_to);
      const leadsTo = change(url) ?? url.href;
      return changed(answer, { body: JSON.stringify({ redirect_to: leadsTo }) });
    },
  );
}

/** The how manyth request of its kind this is, by something that they have in common. */
export function counting(): (key: string) => number {
  const counts = new Map<string, number>();
  return (key) => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count;
  };
}
