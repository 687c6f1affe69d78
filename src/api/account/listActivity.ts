import { z } from "zod";
import { TRAIL_KINDS } from "../../storage/trail.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { readQuery } from "../query.ts";
import { json } from "../responses.ts";
import { time } from "./schemas.ts";
import { sessionUser } from "./sessionUser.ts";

/** Entries that one answer holds at most, and when nothing is said. */
export const ENTRIES_MAX = 200;
export const ENTRIES_DEFAULT = 50;

const COUNT = `expected a whole number from 1 to ${ENTRIES_MAX}`;
const BEFORE = "expected the id of an entry";

const query = z.object({
  before: z.coerce
    .number({ error: BEFORE })
    .int({ error: BEFORE })
    .min(1, { error: BEFORE })
    .optional()
    .describe("The id below which they are read; the newest ones when left out"),
  count: z.coerce
    .number({ error: COUNT })
    .int({ error: COUNT })
    .min(1, { error: COUNT })
    .max(ENTRIES_MAX, { error: COUNT })
    .default(ENTRIES_DEFAULT),
});

const entry = z
  .object({
    id: z.int(),
    at: time,
    kind: z.enum(TRAIL_KINDS),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  })
  .meta({ id: "TrailEntry" });

export const listActivity: Operation = {
  answer: list,
  id: "listActivity",
  group: "Account",
  summary: "What happened to one's account, newest first",
  notes: "Nothing in it is ever changed or taken away, but by erasing the account.",
  token: "session",
  query,
  success: {
    status: 200,
    content: {
      "application/json": z.object({
        entries: z.array(entry),
        more: z.boolean().describe("Whether there are older ones"),
      }),
    },
  },
  errors: ["malformedRequest"],
};

/** `GET /api/heartwire/v1/account/activity` */
async function list(call: Call): Promise<Response> {
  const { profile } = await sessionUser(call);
  const { before, count } = readQuery(call.request.url, query);
  const found = await call.context.directory.trail.read(profile.id, count + 1, before);
  return json({ entries: found.slice(0, count), more: found.length > count });
}
