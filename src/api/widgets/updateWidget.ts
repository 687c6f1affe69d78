import { z } from "zod";
import { readAuthorisedJson } from "../body.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { configuration, limitConfiguration } from "../rooms/schemas.ts";
import { CHANGE_WIDGETS, findWidget, widgetUser } from "./access.ts";
import { toWire, widget, widgetPath } from "./schemas.ts";

const body = z.object({ configuration }, { error: "expected a JSON object" });

export const updateWidget: Operation = {
  answer: update,
  id: "updateWidget",
  group: "Widgets",
  summary: "Replace a widget's configuration",
  token: CHANGE_WIDGETS,
  path: widgetPath,
  body,
  success: { status: 200, content: { "application/json": z.object({ widget }) } },
  errors: ["malformedRequest", "bodyTooLarge", "notFound"],
};

/** `POST /api/v1/widgets/{id}` */
async function update(call: Call): Promise<Response> {
  const { context, parameters } = call;
  const user = await widgetUser(call, "widgets:update");
  await findWidget(context, user, parameters.id);
  const asked = await readAuthorisedJson(call, body, CHANGE_WIDGETS);
  limitConfiguration(asked.configuration, context.limits.configurationBytesMax, "configuration");
  // While the body came, the widget may have been deleted, or its link opened.
  const found = await findWidget(context, user, parameters.id);
  if (!(await context.directory.widgets.configure(found.id, asked.configuration))) {
    throw new ApiError("notFound");
  }
  return json({ widget: toWire({ ...found, configuration: asked.configuration }) });
}
