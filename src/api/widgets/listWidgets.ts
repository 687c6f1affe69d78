import { z } from "zod";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { isSeenBy, widgetUser } from "./access.ts";
import { toWire, widget } from "./schemas.ts";

export const listWidgets: Operation = {
  answer: list,
  id: "listWidgets",
  group: "Widgets",
  summary: "The widgets of the token's user",
  notes:
    "A token without `data:heart_rate:read` does not see those whose link is open: their ids open the pulse.",
  token: { scopes: ["widgets:read"], query: false },
  success: { status: 200, content: { "application/json": z.object({ widgets: z.array(widget) }) } },
};

/** `GET /api/v1/widgets` */
async function list(call: Call): Promise<Response> {
  const user = await widgetUser(call, "widgets:read");
  const widgets = await call.context.directory.widgets.list(user.profile);
  return json({ widgets: widgets.filter((one) => isSeenBy(user, one)).map(toWire) });
}
