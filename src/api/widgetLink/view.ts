import { z } from "zod";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { configuration } from "../rooms/schemas.ts";
import { widgetPath } from "../widgets/schemas.ts";
import { findOpenWidget } from "./openWidget.ts";

export const view: Operation = {
  answer: show,
  id: "getWidgetView",
  group: "Widget link",
  summary: "How a widget looks, by its open link",
  token: "none",
  path: widgetPath,
  success: {
    status: 200,
    content: {
      "application/json": z.object({ meta_id: z.uuid(), configuration }).meta({ id: "WidgetView" }),
    },
  },
  errors: ["notFound"],
};

/** `GET /api/heartwire/v1/links/{id}`: what the overlay page needs beside the pulse. */
async function show({ context, parameters }: Call): Promise<Response> {
  const widget = await findOpenWidget(context, parameters.id ?? "");
  if (widget === undefined) throw new ApiError("notFound");
  return json({ meta_id: widget.metaId, configuration: widget.configuration });
}
