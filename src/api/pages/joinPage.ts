import { z } from "zod";
import type { Operation } from "../operation.ts";
import { builtPage } from "./builtPages.ts";

/**
 * Its own script and style, and this server to talk to. Nobody may frame it: a click on its button lets others hear a
 * pulse, and must be meant.
 */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Where an invitation's link leads; its code comes behind a `#`, which browsers keep to themselves. */
export const JOIN_PATH = "/join";

export const joinPage: Operation = {
  answer: show,
  id: "getJoinPage",
  group: "Rooms",
  summary: "Where the link of an invitation leads",
  notes:
    "Says what joining means and joins with a token that is typed in. The invitation's code stands behind `#`, so that no server is sent it and no log holds it.",
  token: "none",
  success: { status: 200, content: { "text/html": z.string() } },
};

/** `GET /join` */
async function show(): Promise<Response> {
  return new Response((await builtPage("join")).page, {
    headers: {
      "content-type": "text/html; charset=UTF-8",
      "content-security-policy": POLICY,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cache-control": "no-cache",
    },
  });
}
