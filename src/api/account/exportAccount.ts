import { z } from "zod";
import type { TokenSession } from "../../storage/directory.ts";
import { spendChange } from "../changeBudget.ts";
import { clientAddress } from "../clientAddress.ts";
import type { Call, Context } from "../context.ts";
import type { Operation } from "../operation.ts";
import { writtenJson } from "../responses.ts";
import { EXPORT_FORM, exportText } from "./exportText.ts";
import { freshUser } from "./sessionUser.ts";

const records = z.array(z.record(z.string(), z.unknown()));

const exported = z
  .object({
    form: z.literal(EXPORT_FORM),
    exported_at: z.int().describe("Unix time in milliseconds, as all times in it"),
    profile: records,
    activity: records,
    readings: z.array(
      z.object({
        measured_at: z.int().min(0),
        received_at: z.int().min(0),
        bpm: z.int().min(1),
        source: z.int().min(0).describe("0 for what came over the wire"),
        rr_intervals_ms: z.array(z.number()).optional(),
      }),
    ),
  })
  .catchall(records)
  .meta({ id: "AccountExport" });

export const exportAccount: Operation = {
  answer: give,
  id: "exportAccount",
  group: "Account",
  summary: "Everything that is stored on oneself, as one JSON file",
  notes:
    "Takes a sign-in of the last ten minutes. A list for each kind, a record a line, readings last; without tokens, secrets, passwords and what they hash to. It is written while it is read, so that years of readings take no memory; a file that does not end with the closing brace is not whole.",
  token: "session",
  success: { status: 200, content: { "application/json": exported } },
  errors: ["staleSignIn", "tooManyAttempts"],
};

/** `GET /api/heartwire/v1/account/export` */
async function give(call: Call): Promise<Response> {
  const { request, context } = call;
  const { profile, session, now } = await freshUser(call);
  const day = new Date(now).toISOString().slice(0, 10);
  const headers = { "content-disposition": `attachment; filename="heartwire-${day}.json"` };
  if (request.method === "HEAD") return writtenJson("", { headers });
  spendChange(context, { profile });
  const details = { address: clientAddress(call) };
  await context.directory.trail.record({ at: now, profile: profile.id, kind: "exported", details });
  return writtenJson(streamOf(context, session, exportText(context, profile.id, now)), { headers });
}

/** Text as it is asked for: nothing is read ahead of somebody who takes it slowly. Signing out or erasing cuts it off. */
function streamOf(
  { control, directory }: Context,
  { id }: TokenSession,
  pieces: AsyncGenerator<string, void>,
): ReadableStream {
  const encoder = new TextEncoder();
  let { revision } = control;
  return new ReadableStream(
    {
      async pull(controller) {
        if (control.revision !== revision) {
          revision = control.revision;
          if (!(await directory.people.findSessions([id])).has(id)) throw new Error("signed out");
        }
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        await pieces.return();
      },
    },
    { highWaterMark: 0 },
  );
}
