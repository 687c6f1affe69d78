import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import { becomeSocket } from "../handshake.ts";
import { legacyReadingFrame, readingsOf } from "../liveReadings.ts";
import type { Operation } from "../operation.ts";
import { widgetPath } from "../widgets/schemas.ts";
import { findOpenWidget } from "./openWidget.ts";

export const listen: Operation = {
  answer: becomeListener,
  id: "listenToWidget",
  group: "Widget link",
  summary: "New readings of a widget's user, live, by the widget's open link",
  notes: "Closed with 1008 when the link is closed, with 1001 when the server stops, never with 1000.",
  token: "none",
  path: widgetPath,
  success: {
    status: 101,
    frames: [{ name: "legacyReading", when: "a new reading is stored", schema: legacyReadingFrame }],
  },
  errors: ["notFound", "upgradeRequired", "busy"],
};

/** `GET /listen/{id}` */
async function becomeListener(call: Call): Promise<undefined> {
  const { context, parameters } = call;
  const { revision } = context.control;
  const widget = await findOpenWidget(context, parameters.id ?? "");
  if (widget === undefined) throw new ApiError("notFound");
  const channels = [readingsOf(context.bus, widget.profile, "legacy_json")];
  becomeSocket(call, { rights: [{ kind: "link", id: widget.link }], channels }, revision);
}
