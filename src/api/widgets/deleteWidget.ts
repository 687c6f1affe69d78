import { z } from "zod";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { CHANGE_WIDGETS, findWidget, widgetUser } from "./access.ts";
import { widgetPath } from "./schemas.ts";

export const deleteWidget: Operation = {
  answer: remove,
  id: "deleteWidget",
  group: "Widgets",
  summary: "Delete a widget",
  notes: "Listeners of its link are closed with 1008 within a second.",
  token: CHANGE_WIDGETS,
  path: widgetPath,
  success: { status: 200, content: { "application/json": z.object({}) } },
  errors: ["notFound"],
};

/** `DELETE /api/heartwire/v1/widgets/{id}` */
async function remove(call: Call): Promise<Response> {
  const { context, parameters } = call;
  const user = await widgetUser(call, "widgets:update");
  const found = await findWidget(context, user, parameters.id);
  await context.directory.widgets.remove(found.id);
  context.control.announce({ rights: ["link"] });
  return json({});
}
