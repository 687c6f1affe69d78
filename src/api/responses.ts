/** What browsers need to read an answer from another origin; cookies never authorise here, so anybody may. */
const CORS = { "access-control-allow-origin": "*" } as const;

/** Every answer is about now. */
const FRESH = { "cache-control": "no-store" } as const;

/** Made once: building headers anew costs the hot path more than everything else of its answer. */
const EMPTY = { headers: new Headers({ ...CORS, "content-type": "application/json" }) };

/** 200 with an empty JSON object: one client parses the body of a successful write. */
export function empty(): Response {
  return new Response("{}", EMPTY);
}

export interface JsonOptions {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether pages of other origins may read the answer; true when absent. */
  readonly otherOrigins?: boolean;
}

export function json(body: unknown, options: JsonOptions = {}): Response {
  return Response.json(body, optionsOfJson(options));
}

/** The same with a body that is written already. */
export function writtenJson(body: string | ReadableStream, options: JsonOptions = {}): Response {
  return new Response(body, optionsOfJson(options));
}

function optionsOfJson({ status = 200, headers, otherOrigins = true }: JsonOptions): ResponseInit {
  return {
    status,
    headers: {
      ...(otherOrigins ? CORS : {}),
      ...FRESH,
      "content-type": "application/json",
      ...headers,
    },
  };
}

/** 204: done, and nothing to say. */
export function noContent(): Response {
  return new Response(null, { status: 204, headers: { ...CORS, ...FRESH } });
}

export function text(body: string): Response {
  return new Response(body, { headers: { ...CORS, ...FRESH, "content-type": "text/plain; charset=UTF-8" } });
}

/** Answers a browser that asks whether another origin may call a route (Fetch standard, CORS preflight). */
export function preflight(methods: readonly string[]): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...CORS,
      "access-control-allow-methods": methods.join(", "),
      "access-control-allow-headers": "authorization, content-type, x-rpc-method",
      "access-control-max-age": "86400",
    },
  });
}
