import { z } from "zod";
import { BASIC_BPM, WIDGET_KINDS } from "../../domain/widgetKinds.ts";
import { readAuthorisedJson } from "../body.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { configuration, limitConfiguration } from "../rooms/schemas.ts";
import { CHANGE_WIDGETS, openingBy, widgetUser } from "./access.ts";
import { toWire, widget } from "./schemas.ts";

const NAME_CHARACTERS_MAX = 100;
const NAME = `expected a text of 1 to ${NAME_CHARACTERS_MAX} characters`;
const META_IDS = WIDGET_KINDS.map(({ metaId }) => metaId) as [string, ...string[]];

const body = z.object(
  {
    meta_id: z.enum(META_IDS, { error: `expected one of ${META_IDS.join(", ")}` }).default(BASIC_BPM),
    name: z
      .string({ error: NAME })
      .trim()
      .min(1, { error: NAME })
      .max(NAME_CHARACTERS_MAX, { error: NAME })
      .optional(),
    configuration: configuration.default({}),
  },
  { error: "expected a JSON object" },
);

export const createWidget: Operation = {
  answer: create,
  id: "createWidget",
  group: "Widgets",
  summary: "Make a widget",
  notes:
    "Its link is closed, unless the token also holds `data:heart_rate:read`: then it is open at once, until it is closed or the token is revoked.",
  token: CHANGE_WIDGETS,
  body,
  success: { status: 200, content: { "application/json": z.object({ widget }) } },
  errors: ["malformedRequest", "bodyTooLarge", "conflict"],
};

/** `POST /api/v1/widgets` */
async function create(call: Call): Promise<Response> {
  const { context } = call;
  const { limits, directory } = context;
  const { token, profile, mayHear } = await widgetUser(call, "widgets:update");
  const asked = await readAuthorisedJson(call, body, CHANGE_WIDGETS);
  limitConfiguration(asked.configuration, limits.configurationBytesMax, "configuration");
  const now = context.clock();
  const created = await directory.widgets.create({
    profile,
    metaId: asked.meta_id,
    name: asked.name ?? nameOfKind(asked.meta_id),
    configuration: asked.configuration,
    createdAt: now,
    ownedMax: limits.widgetsMax,
    ...(mayHear ? { opening: openingBy(token, now) } : {}),
  });
  if (created === undefined) {
    throw new ApiError("conflict", { detail: `you have ${limits.widgetsMax} widgets, which is the most` });
  }
  return json({ widget: toWire(created) });
}

function nameOfKind(metaId: string): string {
  return WIDGET_KINDS.find((kind) => kind.metaId === metaId)?.name ?? "Widget";
}
