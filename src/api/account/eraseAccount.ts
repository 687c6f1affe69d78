import { z } from "zod";
import { readAuthorisedJson } from "../body.ts";
import type { Call, Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import { RIGHT_KINDS } from "../liveSockets.ts";
import type { Operation } from "../operation.ts";
import { noContent } from "../responses.ts";
import { freshUser, PAGE_TOKEN } from "./sessionUser.ts";

const EMAIL = "expected the e-mail address of this account, as you sign in with it";

const body = z.object({ email: z.string({ error: EMAIL }) }, { error: "expected a JSON object" });

export const eraseAccount: Operation = {
  answer: erase,
  id: "eraseAccount",
  group: "Account",
  summary: "Erase the account with everything that is kept of its person",
  notes:
    "Takes a sign-in of the last ten minutes, and the e-mail address typed again. Readings, tokens, apps, rooms, widgets and the activity go; apps that the person registered end for everybody. Nothing of it can be had back. Years of readings may still be on their way out when it is answered, and a failure in between is made up for: the account is gone by then, and the rest follows.",
  token: "session",
  body,
  success: { status: 204 },
  errors: ["malformedRequest", "bodyTooLarge", "staleSignIn"],
};

/** `POST /api/heartwire/v1/account/erase` */
async function erase(call: Call): Promise<Response> {
  const { context } = call;
  const { directory } = context;
  const { profile, now } = await freshUser(call);
  const { email } = await readAuthorisedJson(call, body, PAGE_TOKEN);
  const person = await directory.people.findByProfile(profile.id);
  if (person === undefined) throw new ApiError("tokenUnknown");
  if (person.email.toLowerCase() !== email.trim().toLowerCase()) {
    throw new ApiError("malformedRequest", { detail: `email: ${EMAIL}` });
  }
  await directory.erasures.begin(profile.id, now);
  context.sessionTokens.endOf(profile.id);
  context.verifier.forget();
  context.control.announce({ rights: RIGHT_KINDS, rooms: "all" });
  await finishInTime(context);
  return noContent();
}

/** The share of the time that a connection may be still during which the answer waits for the readings to be deleted. */
const WAITED_SHARE = 0.8;

/** Waits until everything is gone, or as long as the connection stays open: years of readings take longer, and go all the same. */
async function finishInTime({ erasures, limits }: Context): Promise<void> {
  const finished = erasures.finish();
  // Whoever is not waited for any more is tried again by itself.
  finished.catch(() => {});
  const waitedMs = limits.requestIdleSeconds * 1_000 * WAITED_SHARE;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, waitedMs);
  });
  await Promise.race([finished, waited]).finally(() => clearTimeout(timer));
}
