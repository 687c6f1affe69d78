import { z } from "zod";
import { COLOR, lookOf } from "../../domain/widgetLook.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { widgetPath } from "../widgets/schemas.ts";
import { findOpenWidget } from "./openWidget.ts";

const color = z.string().regex(COLOR);

const look = z
  .object({
    heartEnabled: z.boolean(),
    heartColor: color.optional().describe("The colour of the heart; absent for the usual one"),
    ranges: z
      .array(z.object({ from: z.number(), to: z.number(), color }))
      .describe(
        "Heart rates, the bounds included, whose number has a colour of its own; the first one counts",
      ),
  })
  .meta({ id: "WidgetLook" });

export const view: Operation = {
  answer: show,
  id: "getWidgetView",
  group: "Widget link",
  summary: "How a widget looks, by its open link",
  notes:
    "What of its configuration is known and makes sense. The rest may be anything that an app keeps there, and is shown to nobody.",
  token: "none",
  path: widgetPath,
  success: { status: 200, content: { "application/json": z.object({ look }) } },
  errors: ["notFound"],
};

/** `GET /api/heartwire/v1/links/{id}`: what the overlay page needs beside the pulse. */
async function show({ context, parameters }: Call): Promise<Response> {
  const widget = await findOpenWidget(context, parameters.id ?? "");
  if (widget === undefined) throw new ApiError("notFound");
  return json({ look: lookOf(widget.configuration) });
}
