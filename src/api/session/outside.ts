import { z } from "zod";
import { finishOutside, startOutside } from "../../auth/accounts/byOutsideProvider.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { PAGE_ERRORS } from "./refusals.ts";
import { BODY, code } from "./schemas.ts";
import { answer, readBody, requireOwnPage, visitOf, withCookies } from "./sessionPage.ts";

/** Where somebody goes on who did not say. */
const USUAL_PATH = "/account";

const PATH = "expected a path of this server, such as /account";

const body = z.object(
  {
    continue: z
      .string({ error: PATH })
      .max(2_000, { error: PATH })
      .refine(isOwnPath, { error: PATH })
      .default(USUAL_PATH)
      .describe("A path of this server to go on with"),
    code: code.optional(),
    link: z
      .boolean({ error: "expected true or false" })
      .default(false)
      .describe("Whether the provider is added to the ways in of whoever has just signed in"),
  },
  BODY,
);

const start: Operation = {
  answer: begin,
  id: "startOutsideSignIn",
  group: "Signing in",
  summary: "Begin to sign in at the outside provider",
  notes:
    "For pages of this server alone. The page leads the browser to `url`. An account is made for somebody new as sign-up allows, with the code of a link where that is needed; an address that has an account already is no reason to let somebody into it.",
  token: "none",
  body,
  success: {
    status: 200,
    content: { "application/json": z.object({ url: z.url().describe("Where the provider asks them") }) },
  },
  errors: [
    ...PAGE_ERRORS,
    "malformedRequest",
    "bodyTooLarge",
    "notFound",
    "signUpRefused",
    "signedOut",
    "staleSignIn",
    "tooManyAttempts",
    "busy",
  ],
};

/** `POST /session/outside` */
async function begin(call: Call): Promise<Response> {
  const visit = requireOwnPage(call);
  const { continue: goOn, code: given, link: isLink } = await readBody(call, body);
  const step = await startOutside(call.context.accounts, visit, { goOn, code: given, isLink });
  return answer({ url: step.address }, step.cookies);
}

const callback: Operation = {
  answer: comeBack,
  id: "finishOutsideSignIn",
  group: "Signing in",
  summary: "Where the outside provider sends the browser back to",
  notes: "Leads on to the path that was given at the start, or to `/sign-in#<reason>`.",
  token: "none",
  success: { status: 302 },
  errors: ["insecureOrigin"],
};

/** `GET /session/outside/callback` */
async function comeBack(call: Call): Promise<Response> {
  const visit = visitOf(call);
  const query = Object.fromEntries(new URL(call.request.url).searchParams);
  const { address, cookies } = await finishOutside(call.context.accounts, visit, query);
  const headers = { location: address, "cache-control": "no-store", "referrer-policy": "no-referrer" };
  return withCookies(new Response(null, { status: 302, headers }), cookies);
}

/** A path that stays on this origin however a browser reads it, and that is no step of signing in itself. */
export function isOwnPath(text: string): boolean {
  if (!/^\/(?![/\\])[^\\\s]*$/.test(text)) return false;
  const origin = "http://localhost";
  const url = URL.parse(text, origin);
  return url?.origin === origin && !url.pathname.startsWith("//") && !url.pathname.startsWith("/session/");
}

export const outside = { start, callback };
