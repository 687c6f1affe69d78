import { z } from "zod";
import { BPM_MAX, effectiveTime } from "../../domain/reading.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { widgetPath } from "../widgets/schemas.ts";
import { findOpenWidget } from "./openWidget.ts";

export const feed: Operation = {
  answer: show,
  id: "getWidgetFeed",
  group: "Widget link",
  summary: "The latest reading of a widget's user, by the widget's open link",
  token: "none",
  path: widgetPath,
  success: {
    status: 200,
    content: {
      "application/json": z
        .object({ bpm: z.int().min(1).max(BPM_MAX), measured_at: z.iso.datetime() })
        .meta({ id: "Feed" }),
    },
  },
  errors: ["notFound", "noReading"],
};

/** `GET /v1/api/feed/{id}` */
async function show({ context, parameters }: Call): Promise<Response> {
  const widget = await findOpenWidget(context, parameters.id ?? "");
  if (widget === undefined) throw new ApiError("notFound");
  const latest = await context.store.latest(widget.profile);
  if (latest === undefined) throw new ApiError("noReading");
  return json({ bpm: latest.bpm, measured_at: new Date(effectiveTime(latest)).toISOString() });
}
