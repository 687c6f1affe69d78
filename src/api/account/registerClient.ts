import { z } from "zod";
import { readAuthorisedJson } from "../body.ts";
import { spendChange } from "../changeBudget.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { newSecret, recordClient, redirectUris, requireRedirectUris } from "./ownClient.ts";
import { client, clientFor, name } from "./schemas.ts";
import { PAGE_TOKEN, sessionUser } from "./sessionUser.ts";

const FLAG = "expected true or false";

const body = z.object(
  {
    name,
    redirect_uris: redirectUris.default([]),
    confidential: z
      .boolean({ error: FLAG })
      .default(false)
      .describe("Whether it can keep a secret, as a server can and an app on somebody's machine cannot"),
    implicit: z.boolean({ error: FLAG }).default(false),
  },
  { error: "expected a JSON object" },
);

export const registerClient: Operation = {
  answer: register,
  id: "registerClient",
  group: "Account",
  summary: "Register an app",
  notes: "Its secret, if it has one, is shown once and not kept.",
  token: "session",
  body,
  success: {
    status: 200,
    content: {
      "application/json": z.object({ client, client_secret: z.uuid().nullable() }).meta({ id: "NewClient" }),
    },
  },
  errors: ["malformedRequest", "bodyTooLarge", "conflict", "tooManyAttempts"],
};

/** `POST /api/heartwire/v1/account/clients` */
async function register(call: Call): Promise<Response> {
  const { context } = call;
  const { limits, directory } = context;
  const user = await sessionUser(call);
  const asked = await readAuthorisedJson(call, body, PAGE_TOKEN);
  requireRedirectUris(asked.redirect_uris, limits.redirectAddressesMax);
  spendChange(context, user);
  const kept = asked.confidential ? newSecret() : undefined;
  const made = await directory.clients.create({
    publicId: crypto.randomUUID(),
    name: asked.name,
    owner: user.profile.id,
    redirectUris: asked.redirect_uris,
    implicit: asked.implicit,
    adopted: false,
    createdAt: context.clock(),
    ownedMax: limits.clientsMax,
    ...(kept === undefined ? {} : { secretHash: kept.secretHash }),
  });
  if (made === undefined) {
    throw new ApiError("conflict", { detail: `you have ${limits.clientsMax} apps, which is the most` });
  }
  await recordClient(call, user, "client_registered", made);
  return json({ client: clientFor(made), client_secret: kept?.secret ?? null });
}
