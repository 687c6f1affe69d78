import { z } from "zod";
import { authorise } from "../../auth/bearer.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { ownProfile } from "./ownProfile.ts";

export const profile: Operation = {
  answer: show,
  id: "getProfile",
  group: "Profile",
  summary: "Who the token's user is",
  notes: "What is not set is said by the user's name, `channel` by an empty text.",
  token: { scopes: ["profile:read"], query: false },
  success: {
    status: 200,
    content: {
      "application/json": z
        .object({
          channel: z.string().describe("Where they stream, such as twitch.tv/someone"),
          login: z.string(),
          username: z.string(),
          mobile_login: z.boolean().describe("Always false: no app on a phone signs in here"),
          heart_rate: z.boolean().describe("Whether this user ever sent a reading"),
        })
        .meta({ id: "Profile" }),
    },
  },
};

/** `GET /api/v1/profile` */
async function show({ request, context }: Call): Promise<Response> {
  const demand = { scope: "profile:read", query: false } as const;
  const token = await authorise(request, demand, context.verifier, context.clock());
  const { id, name } = ownProfile(token, demand.scope);
  const [{ channel = "", login = name, username = login }, latest] = await Promise.all([
    context.directory.findDetails(id),
    context.store.latest(id),
  ]);
  return json({ channel, login, username, mobile_login: false, heart_rate: latest !== undefined });
}
