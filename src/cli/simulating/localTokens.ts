import { hashToken, makeToken } from "../../auth/tokens.ts";
import type { EpochMs } from "../../domain/reading.ts";
import { readSettings } from "../../settings/settings.ts";
import { MANUAL_CLIENT_ID } from "../../storage/directory.ts";
import { openFolderDirectory } from "../../storage/sqlite/folder.ts";
import type { TokenSource } from "./tokens.ts";

/** A run that dies leaves tokens behind that end by themselves after this time. */
const LIFETIME_MS = 86_400_000;

/**
 * Makes users `simulated-1`, `simulated-2`... with write tokens in a data folder on this machine, beside its server.
 *
 * @throws StoreUnavailable when there is no such folder
 */
export async function makeLocalTokens(users: number, dataFolder: string | undefined): Promise<TokenSource> {
  const settings = readSettings(process.env, dataFolder === undefined ? {} : { data: dataFolder });
  const directory = await openFolderDirectory(settings.data, { create: false });
  const made: number[] = [];
  const now = Date.now() as EpochMs;
  const makeOne = async (name: string): Promise<string> => {
    const profile = await directory.findOrCreateProfile(name, now);
    const token = makeToken();
    const id = await directory.createToken({
      hash: hashToken(token),
      profile: profile.id,
      clientId: MANUAL_CLIENT_ID,
      scopes: ["data:heart_rate:write"],
      label: "simulate",
      createdAt: now,
      expiresAt: (now + LIFETIME_MS) as EpochMs,
    });
    made.push(id);
    return token;
  };
  const tokens: string[] = [];
  for (let user = 1; user <= users; user++) tokens.push(await makeOne(`simulated-${user}`));
  return {
    tokens: async (count) => tokens.slice(0, count),
    async release() {
      for (const id of made.splice(0)) await directory.revokeToken(id, Date.now() as EpochMs);
      await directory.close();
    },
  };
}
