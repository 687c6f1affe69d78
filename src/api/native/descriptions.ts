import { z } from "zod";
import type { Call } from "../context.ts";
import { asyncApi, asyncApiServers } from "../description/asyncapi.ts";
import { openApi, openApiServers } from "../description/openapi.ts";
import type { Operation } from "../operation.ts";
import { referencePage } from "../pages/referencePage.ts";
import { requestOrigin } from "../requestOrigin.ts";
import { writtenJson } from "../responses.ts";
import type { Route } from "../routes.ts";

/**
 * The descriptions of the API: documents for programs and a page for people.
 *
 * @param routes every route, these included; asked for when somebody reads
 */
export function descriptions(routes: () => readonly Route[]) {
  const document = (id: string, summary: string, write: (origin: string) => string): Operation => ({
    answer: ({ request, context }: Call) =>
      writtenJson(write(requestOrigin(request, context.settings).origin), { otherOrigins: false }),
    id,
    group: "Server",
    summary,
    token: "none",
    success: { status: 200, content: { "application/json": z.record(z.string(), z.unknown()) } },
  });
  const page = once(() => referencePage(routes()));
  return {
    openApi: document(
      "getOpenApi",
      "Every route, as an OpenAPI 3.1 document",
      writtenOnce(() => openApi(routes()), openApiServers),
    ),
    asyncApi: document(
      "getAsyncApi",
      "Every socket, as an AsyncAPI 3 document",
      writtenOnce(() => asyncApi(routes()), asyncApiServers),
    ),
    reference: {
      answer: ({ request, context }: Call) => page()(requestOrigin(request, context.settings).origin),
      id: "getReference",
      group: "Server",
      summary: "This reference, as a page",
      token: "none",
      success: { status: 200, content: { "text/html": z.string() } },
    } satisfies Operation,
  };
}

/** Writes a document when it is first asked for; what differs by reader is put behind it. @param document is not empty */
function writtenOnce(
  document: () => object,
  serversOf: (origin: string) => unknown,
): (origin: string) => string {
  const start = once(() => JSON.stringify(document()).slice(0, -"}".length));
  return (origin) => `${start()},"servers":${JSON.stringify(serversOf(origin))}}`;
}

/** Anybody may ask, and nothing in it changes while the server runs. */
function once<Result>(make: () => Result): () => Result {
  let made: { readonly result: Result } | undefined;
  return () => {
    made ??= { result: make() };
    return made.result;
  };
}
