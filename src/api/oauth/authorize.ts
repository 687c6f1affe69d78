import { html } from "hono/html";
import { z } from "zod";
import { type RefusedAuthorization, readAuthorization } from "../../auth/oauth/authorizationRequest.ts";
import { answerAddress } from "../../auth/oauth/redirect.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { showApp, TO_LOCALHOST } from "../pages/appPage.ts";
import { page } from "../pages/page.ts";
import { mayAdopt } from "./adoption.ts";
import { issuerOf } from "./issuer.ts";
import { describeRefusal, errorFields } from "./oauthErrors.ts";

const query = z.object({
  response_type: z
    .string()
    .optional()
    .describe("code, or token where it is switched on for the app (implicit)"),
  client_id: z.string().optional().describe("The app's id"),
  redirect_uri: z
    .string()
    .optional()
    .describe(
      "Where the answer goes: one that the app registered, exactly; on a loopback address with any port",
    ),
  scope: z.string().optional().describe("What the app asks for, separated by spaces or commas"),
  state: z.string().optional().describe("Comes back as it is"),
  response_mode: z.string().optional().describe("web_page shows the token on a page, without a redirect"),
  code_challenge: z.string().optional().describe("PKCE; needed by an app without a secret"),
  code_challenge_method: z.string().optional().describe("S256"),
});

export const authorize: Operation = {
  answer: ask,
  id: "authorize",
  group: "OAuth",
  summary: "Where a person decides about an app",
  notes:
    "What an app opens in a browser. What it asks for is checked first: where the app or its address is wrong, the person is told and sent nowhere; every other error goes to the app, with `iss`.",
  token: "none",
  query,
  success: { status: 200, content: { "text/html": z.string() } },
  others: {
    ...TO_LOCALHOST,
    302: { when: "The app is told what is wrong with its request." },
    400: {
      when: "The app is unknown, or the address is none of its own: a page says so.",
      schema: z.string(),
      type: "text/html",
    },
  },
};

/** `GET /oauth2/authorize` (RFC 6749 section 3.1) */
async function ask(call: Call): Promise<Response> {
  const { request, context } = call;
  const given = URL.parse(request.url)?.searchParams ?? new URLSearchParams();
  const read = await readAuthorization(context, given, mayAdopt(call));
  return "refusal" in read ? refuse(call, read) : showApp(call);
}

function refuse(
  { request, context }: Call,
  { refusal, redirect, place, state }: RefusedAuthorization,
): Response | Promise<Response> {
  if (redirect === undefined) return tell(describeRefusal(refusal));
  const fields = { ...errorFields(refusal), state, iss: issuerOf(request, context) };
  return new Response(null, {
    status: 302,
    headers: {
      location: answerAddress(redirect, place, fields),
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    },
  });
}

function tell(message: string): Promise<Response> {
  const body = html`<main>
<h1>This app cannot be connected</h1>
<p>What it sent is wrong, so nobody was told anything. Its developer can use this: <code>${message}</code></p>
</main>`;
  return page("This app cannot be connected", body, STYLE, {}, 400);
}

const STYLE = `
main { max-width: 720px; margin: 0 auto; padding: 64px 24px 96px; }
`;
