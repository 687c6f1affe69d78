import { z } from "zod";
import type { Call } from "../context.ts";
import { asyncApi } from "../description/asyncapi.ts";
import { openApi } from "../description/openapi.ts";
import type { Operation } from "../operation.ts";
import { referencePage } from "../pages/referencePage.ts";
import { requestOrigin } from "../requestOrigin.ts";
import { json } from "../responses.ts";
import type { Route } from "../routes.ts";

/**
 * The descriptions of the API: documents for programs and a page for people.
 *
 * @param routes every route, these included; asked for when somebody reads
 */
export function descriptions(routes: () => readonly Route[]) {
  const document = (id: string, summary: string, write: (origin: string) => unknown): Operation => ({
    answer: ({ request, context }: Call) =>
      json(write(requestOrigin(request, context.settings).origin), { otherOrigins: false }),
    id,
    group: "Server",
    summary,
    token: "none",
    success: { status: 200, content: { "application/json": z.record(z.string(), z.unknown()) } },
  });
  return {
    openApi: document("getOpenApi", "Every route, as an OpenAPI 3.1 document", (origin) =>
      openApi(routes(), origin),
    ),
    asyncApi: document("getAsyncApi", "Every socket, as an AsyncAPI 3 document", (origin) =>
      asyncApi(routes(), origin),
    ),
    reference: {
      answer: ({ request, context }: Call) =>
        referencePage(routes(), requestOrigin(request, context.settings).origin),
      id: "getReference",
      group: "Server",
      summary: "This reference, as a page",
      token: "none",
      success: { status: 200, content: { "text/html": z.string() } },
    } satisfies Operation,
  };
}
