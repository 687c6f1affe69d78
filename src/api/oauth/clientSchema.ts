import { z } from "zod";
import type { KnownApp } from "../../auth/oauth/app.ts";
import type { ProfileId } from "../../domain/reading.ts";
import type { Context } from "../context.ts";

/** How a page shows an app that asks. */
export const askingClient = z
  .object({
    client_id: z.uuid(),
    name: z.string(),
    verified: z.boolean().describe("Whether somebody here registered it"),
    registered_at: z
      .int()
      .nullable()
      .describe("Unix time in milliseconds; null for one that nobody let in yet"),
    connected: z.boolean().describe("Whether the person let it in before"),
  })
  .meta({ id: "AskingClient" });

export async function describeClient(
  { clock, directory }: Pick<Context, "clock" | "directory">,
  { client, clientId, isVerified, name }: KnownApp,
  profile: ProfileId,
): Promise<z.output<typeof askingClient>> {
  const apps = client === undefined ? [] : await directory.grants.listApps(profile, clock());
  return {
    client_id: clientId,
    name,
    verified: isVerified,
    registered_at: client?.createdAt ?? null,
    connected: apps.some((app) => app.client.publicId === clientId),
  };
}
