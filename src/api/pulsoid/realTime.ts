import { z } from "zod";
import { authorise } from "../../auth/bearer.ts";
import type { Call } from "../context.ts";
import { becomeSocket } from "../handshake.ts";
import { legacyReadingFrame, plainFrame, readingFrame, readingsOf } from "../liveReadings.ts";
import type { Operation } from "../operation.ts";
import { choice, readQuery } from "../query.ts";
import { tokenRight } from "../tokenRight.ts";
import { ownProfile } from "./ownProfile.ts";

const query = z.object({ response_mode: choice(["json", "text_plain_only_heart_rate", "legacy_json"]) });

export const realTime: Operation = {
  answer: listen,
  id: "listenToHeartRate",
  group: "Heart rate",
  summary: "New readings of the token's user, live",
  notes:
    "One text frame for each new reading, and no other frame: keep-alive is by protocol pings. It is closed with 1001 when the server stops and with 1008 when the token ends, never with 1000.",
  token: { scopes: ["data:heart_rate:read"], query: true },
  query,
  success: {
    status: 101,
    frames: [
      {
        name: "reading",
        when: "a new reading is stored and `response_mode` is absent or `json`",
        schema: readingFrame,
      },
      {
        name: "plainHeartRate",
        when: "a new reading is stored and `response_mode` is `text_plain_only_heart_rate`",
        schema: plainFrame,
      },
      {
        name: "legacyReading",
        when: "a new reading is stored and `response_mode` is `legacy_json`",
        schema: legacyReadingFrame,
      },
    ],
  },
  errors: ["malformedRequest", "upgradeRequired", "busy"],
};

/** `GET /api/v1/data/real_time`: one text frame for each new reading of the token's user, and no other frame. */
async function listen(call: Call): Promise<undefined> {
  const { request, context } = call;
  const { revision } = context.control;
  const demand = { scope: "data:heart_rate:read", query: true } as const;
  const now = context.clock();
  const token = await authorise(request, demand, context.verifier, now);
  const { response_mode: form } = readQuery(request.url, query);
  const { id: profile } = ownProfile(token, demand.scope);
  const channels = [readingsOf(context.bus, profile, form)];
  becomeSocket(call, { rights: [tokenRight(token)], channels }, revision);
  context.uses.read(token, now);
}
