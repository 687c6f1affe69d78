import { z } from "zod";
import type { Call } from "../context.ts";
import { asyncApi } from "../description/asyncapi.ts";
import { openApi } from "../description/openapi.ts";
import { REFERENCE_POLICY, referencePage } from "../description/referencePage.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import type { Route } from "../routes.ts";

/**
 * The descriptions of the API: documents for programs and a page for people.
 *
 * @param routes every route, these included; asked for when somebody reads
 */
export function descriptions(routes: () => readonly Route[]) {
  const document = (id: string, summary: string, write: (origin: string) => unknown): Operation => ({
    answer: ({ request }: Call) => json(write(new URL(request.url).origin), { otherOrigins: false }),
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
      answer: async ({ request }: Call) => page(await referencePage(routes(), new URL(request.url).origin)),
      id: "getReference",
      group: "Server",
      summary: "This reference, as a page",
      token: "none",
      success: { status: 200, content: { "text/html": z.string() } },
    } satisfies Operation,
  };
}

function page(text: { toString(): string }): Response {
  return new Response(text.toString(), {
    headers: {
      "content-type": "text/html; charset=UTF-8",
      "content-security-policy": REFERENCE_POLICY,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    },
  });
}
