import { html } from "hono/html";
import type { Call } from "../context.ts";
import { page } from "../pages/page.ts";

/** The page on which a person decides about an app or a device. It is asked for with what the app wants in its address. */
export function consentShell(_call: Call): Promise<Response> {
  return page("Heartwire", html`<main><h1>Sign in to decide</h1></main>`);
}
