import { z } from "zod";
import { isUuid } from "../../domain/uuid.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { widgetPath } from "../widgets/schemas.ts";
import { builtPage, findAsset } from "./builtPages.ts";

/**
 * What the page may do: its own script, style and font, and talk to this server. Anybody may frame it, as those do who put
 * overlays together, from a file of their own too, which `frame-ancestors *` would refuse; there is nothing on it to click.
 */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

/** The page's address is a secret: it is told nobody, and kept by no search engine. */
const SAFETY = {
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
} as const;

/** An address with a hash in it never means anything else. */
const FOR_EVER = "public, max-age=31536000, immutable";

export const overlayPage: Operation = {
  answer: show,
  id: "getOverlay",
  group: "Widget link",
  summary: "The overlay of a widget, to show in OBS",
  notes:
    "A transparent page: the number and a heart that beats at the real rate. It is the same for every id, also for one that leads nowhere: what it shows it asks for by the link, and OBS would put an error on air.",
  token: "none",
  path: z.object({ id: z.string() }),
  success: { status: 200, content: { "text/html": z.string() } },
};

export const overlayAlias: Operation = {
  answer: redirect,
  id: "getOverlayAlias",
  group: "Widget link",
  summary: "The same page under an older address",
  token: "none",
  path: widgetPath,
  success: { status: 302 },
  errors: ["notFound"],
};

export const overlayAsset: Operation = {
  answer: asset,
  id: "getOverlayAsset",
  group: "Widget link",
  summary: "Script, style, fonts and icon of a page",
  token: "none",
  path: z.object({ file: z.string() }),
  success: {
    status: 200,
    content: {
      "text/javascript": z.string(),
      "text/css": z.string(),
      "font/woff2": z.string(),
      "image/svg+xml": z.string(),
    },
  },
  errors: ["notFound"],
};

/** `GET /widget/view/{id}` */
async function show(): Promise<Response> {
  return new Response((await builtPage("overlay")).page, {
    headers: {
      ...SAFETY,
      "content-type": "text/html; charset=UTF-8",
      "content-security-policy": POLICY,
      // OBS keeps pages: this one is asked for anew, and what it names is kept for ever.
      "cache-control": "no-cache",
    },
  });
}

/** `GET /widget/{id}` */
function redirect({ parameters }: Call): Response {
  const { id = "" } = parameters;
  if (!isUuid(id)) throw new ApiError("notFound");
  return new Response(null, {
    status: 302,
    headers: { location: `/widget/view/${id.toLowerCase()}`, "cache-control": "no-store" },
  });
}

/** `GET /assets/{file}` */
async function asset({ parameters }: Call): Promise<Response> {
  const found = await findAsset(`/assets/${parameters.file}`);
  if (found === undefined) throw new ApiError("notFound");
  return new Response(found.body, {
    headers: { ...SAFETY, "content-type": found.type, "cache-control": FOR_EVER },
  });
}
