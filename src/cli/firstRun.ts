import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { hashToken, makeToken } from "../auth/tokens.ts";
import type { EpochMs } from "../domain/reading.ts";
import type { RunningServer } from "../server.ts";
import { MANUAL_CLIENT_ID } from "../storage/directory.ts";
import { FILES } from "../storage/sqlite/folder.ts";

/** The name of the first profile; the command line's default for it. */
export const FIRST_USER = "me";

/**
 * Makes the first user and token of a new data folder, and tells them once: on a terminal, or otherwise in a file
 * that only the owner can read, because a log is not a terminal.
 */
export async function introduceFirstRun(server: RunningServer, dataFolder: string): Promise<void> {
  const { directory } = server.storage;
  if ((await directory.countProfiles()) > 0) return;
  const now = Date.now() as EpochMs;
  const profile = await directory.createProfile(FIRST_USER, now);
  const token = makeToken();
  await directory.createToken({
    hash: hashToken(token),
    profile: profile.id,
    clientId: MANUAL_CLIENT_ID,
    scopes: ["data:heart_rate:read", "data:heart_rate:write", "profile:read"],
    label: "first run",
    createdAt: now,
  });
  const introduction = firstSteps(server.url.origin, token);
  if (process.stderr.isTTY) {
    console.error(introduction);
    return;
  }
  const file = resolve(join(dataFolder, FILES.firstRun));
  writeFileSync(file, introduction, { mode: 0o600 });
  console.error(`First run: the first user's token and how to use it are in ${file}, readable only by you.`);
}

function firstSteps(origin: string, token: string): string {
  return `
Welcome. This is the first run: a user "${FIRST_USER}" was made.

  Address  ${origin}
  Token    ${token}

You will not see this token again. It may read and write the heart rate of "${FIRST_USER}".

Send a first reading from another terminal (paste all three lines):

curl -X POST ${origin}/api/v1/data \\
  -H "Authorization: Bearer ${token}" \\
  -d "{\\"measured_at\\": $(date +%s000), \\"data\\": {\\"heart_rate\\": 72}}"

Then, from this folder:

  export HEARTWIRE_TOKEN=${token}
  npm run heartwire -- simulate        a lifelike heart, if no strap is at hand
  npm run heartwire -- watch           see it live

`;
}
