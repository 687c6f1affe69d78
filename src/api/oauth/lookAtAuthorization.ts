import { z } from "zod";
import { lifetimeSeconds } from "../../auth/oauth/issue.ts";
import { redirectKind } from "../../domain/redirectUri.ts";
import { SCOPES } from "../../domain/scopes.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { askingClient, describeClient } from "./clientSchema.ts";
import { readDecision } from "./decider.ts";
import { pageQuery, readPageQuery } from "./pageQuery.ts";

const body = z.object({ query: pageQuery }, { error: "expected a JSON object" });

export const lookAtAuthorization: Operation = {
  answer: look,
  id: "lookAtAuthorization",
  group: "OAuth",
  summary: "What an app asks for, in the words of a page",
  notes: "For the consent page alone, by the token of a signed-in person.",
  token: "session",
  body,
  success: {
    status: 200,
    content: {
      "application/json": z.object({
        client: askingClient,
        redirect: z.object({
          address: z.string().nullable(),
          kind: z.enum(["web", "loopback", "app", "none"]),
        }),
        scopes: z.array(z.enum(SCOPES)),
        dropped_scopes: z.array(z.string()).describe("What it asks for and cannot be had"),
        lifetime_seconds: z.int(),
        renews: z.boolean().describe("Whether it can renew its token by itself"),
        response: z.enum(["code", "token", "web_page"]),
      }),
    },
  },
  errors: ["malformedRequest", "bodyTooLarge"],
};

/** `POST /api/heartwire/v1/authorizations/look` */
async function look(call: Call): Promise<Response> {
  const { profile, body: sent } = await readDecision(call, body);
  const { app, dropped, redirect, response, scopes } = await readPageQuery(call, sent.query);
  const isCode = response === "code";
  return json({
    client: await describeClient(call.context, app, profile.id),
    redirect: {
      address: redirect?.uri ?? null,
      kind: redirect === undefined ? "none" : (redirectKind(redirect.uri) ?? "none"),
    },
    scopes,
    dropped_scopes: dropped,
    lifetime_seconds: lifetimeSeconds(isCode ? "code" : "implicit"),
    renews: isCode,
    response,
  });
}
