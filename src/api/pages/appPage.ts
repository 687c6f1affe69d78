import { z } from "zod";
import type { Call } from "../context.ts";
import type { Group, Operation } from "../operation.ts";
import { requestOrigin } from "../requestOrigin.ts";
import { builtPage } from "./builtPages.ts";

/**
 * Its own script, style, fonts and images, and this server to talk to; nothing inline, no form that a browser sends. Nobody may frame
 * it: a click here lets apps in.
 */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Nothing that a heart needs, but passkeys, the clipboard and the files of an export. */
const PERMISSIONS =
  "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()";

/** Names of this machine for which browsers know no passkeys; `localhost` is the one for which they do. */
const LOOPBACK_ADDRESSES = ["127.0.0.1", "[::1]"];

/**
 * Answers with the page that people sign in to, of which the script shows what belongs to the path. It holds nothing about anybody:
 * what it shows it asks for. Over plain http under an address of this machine it leads to `localhost`, where passkeys work and
 * cookies are one and the same.
 *
 * @throws ApiError misdirected when the Host makes no address
 */
export async function showApp({ request, context }: Pick<Call, "request" | "context">): Promise<Response> {
  const origin = requestOrigin(request, context.settings);
  if (origin.protocol === "http:" && LOOPBACK_ADDRESSES.includes(origin.hostname)) {
    return toLocalhost(origin, request);
  }
  return new Response((await builtPage("app")).page, {
    headers: {
      "content-type": "text/html; charset=UTF-8",
      "content-security-policy": POLICY,
      "permissions-policy": PERMISSIONS,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-robots-tag": "noindex",
      // What it showed is gone when somebody goes back to it, on a machine of several people too.
      "cache-control": "no-store",
    },
  });
}

/** How a page that is shown with {@link showApp} is described beside what else it answers. */
export const TO_LOCALHOST = {
  307: { when: "The page was opened under an address of this machine: `localhost` is its name for pages." },
} as const;

/** What stands behind `#` goes along by itself: browsers keep it over a redirect. */
function toLocalhost(origin: URL, { url }: Request): Response {
  const asked = new URL(url);
  const address = new URL(origin);
  address.hostname = "localhost";
  address.pathname = asked.pathname;
  address.search = asked.search;
  return new Response(null, {
    status: 307,
    headers: { location: address.href, "cache-control": "no-store", "referrer-policy": "no-referrer" },
  });
}

function appPage(id: string, group: Group, summary: string, notes?: string): Operation {
  return {
    answer: showApp,
    id,
    group,
    summary,
    ...(notes === undefined ? {} : { notes }),
    token: "none",
    success: { status: 200, content: { "text/html": z.string() } },
    others: TO_LOCALHOST,
  };
}

const BY_LINK = "The code of the link stands behind `#`, so that no server is sent it and no log holds it.";

/** The pages by their paths. Those of OAuth are answered by its own operations, with {@link showApp}. */
export const APP_PAGES: Readonly<Record<string, Operation>> = {
  "/sign-in": appPage(
    "getSignInPage",
    "Signing in",
    "The page to sign in",
    "The query's `continue` says where to go on, and only paths of this server are followed.",
  ),
  "/sign-up": appPage("getSignUpPage", "Signing in", "The page to make an account", BY_LINK),
  "/reset": appPage("getResetPage", "Signing in", "The page to set a forgotten password anew", BY_LINK),
  "/apps": appPage("getAppsPage", "Account", "The page of the apps that one let in"),
  "/tokens": appPage("getTokensPage", "Account", "The page of one's tokens"),
  "/developer": appPage("getDeveloperPage", "Account", "The page of the apps that one makes"),
  "/account": appPage("getAccountPage", "Account", "The page of one's account"),
  "/activity": appPage("getActivityPage", "Account", "The page of what happened to one's account"),
};
