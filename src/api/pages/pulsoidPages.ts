import { z } from "zod";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";

/** Pulsoid's pages to which apps send their users, and where we say the same. */
const PAGES = {
  keys: "/tokens",
  "api-clients": "/developer",
  widgets: "/#widgets",
  configuration: "/account",
} as const;

const path = z.object({ page: z.enum(Object.keys(PAGES) as [keyof typeof PAGES]) });

export const pulsoidPage: Operation = {
  answer: redirect,
  id: "getPulsoidPage",
  group: "Server",
  summary: "Pulsoid's page addresses, redirected to ours",
  token: "none",
  path,
  success: { status: 302 },
  errors: ["notFound"],
};

/** `GET /ui/keys` and its neighbours. What was in the query stays behind: it may hold a token. */
function redirect({ parameters }: Call): Response {
  const parsed = path.safeParse(parameters);
  if (!parsed.success) throw new ApiError("notFound");
  return new Response(null, {
    status: 302,
    headers: { location: PAGES[parsed.data.page], "cache-control": "no-store" },
  });
}
