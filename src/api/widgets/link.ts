import { z } from "zod";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { requireScope } from "../pulsoid/ownProfile.ts";
import { pageOrigin } from "../requestOrigin.ts";
import { json } from "../responses.ts";
import { CHANGE_WIDGETS, findWidget, HEARING, openingBy, widgetUser } from "./access.ts";
import { toWire, widget, widgetPath } from "./schemas.ts";

export const openLink: Operation = {
  answer: open,
  id: "openWidgetLink",
  group: "Widgets",
  summary: "Open a widget's link",
  notes:
    "From then on whoever knows the widget's id hears the pulse, without a token. The widget gets another id, because the one before may be known to apps that may not hear it; listeners of the one before are closed. It ends when it is closed, or when the token is revoked by which it was opened.",
  token: { scopes: ["widgets:update", "data:heart_rate:read"], query: false },
  path: widgetPath,
  success: {
    status: 200,
    content: {
      "application/json": z.object({ widget, address: z.url().describe("The overlay to show in OBS") }),
    },
  },
  errors: ["notFound"],
};

export const closeLink: Operation = {
  answer: close,
  id: "closeWidgetLink",
  group: "Widgets",
  summary: "Close a widget's link",
  notes: "Its listeners are closed with 1008 within a second.",
  token: CHANGE_WIDGETS,
  path: widgetPath,
  success: { status: 200, content: { "application/json": z.object({ widget }) } },
  errors: ["notFound"],
};

/** `PUT /api/heartwire/v1/widgets/{id}/link` */
async function open(call: Call): Promise<Response> {
  const { request, context, parameters } = call;
  const user = await widgetUser(call, "widgets:update");
  requireScope(user.token, HEARING);
  const found = await findWidget(context, user, parameters.id);
  const opening = openingBy(user.token, context.clock());
  const opened = await context.directory.widgets.open(found.id, opening);
  if (opened === undefined) throw new ApiError("notFound");
  context.control.announce({ rights: ["link"] });
  const address = new URL(`/widget/view/${opened.publicId}`, pageOrigin(request, context));
  return json({ widget: toWire(opened), address: address.href });
}

/** `DELETE /api/heartwire/v1/widgets/{id}/link` */
async function close(call: Call): Promise<Response> {
  const { context, parameters } = call;
  const user = await widgetUser(call, "widgets:update");
  const found = await findWidget(context, user, parameters.id);
  await context.directory.widgets.close(found.id);
  context.control.announce({ rights: ["link"] });
  return json({ widget: toWire(found) });
}
