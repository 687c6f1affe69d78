import { rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { hashToken, makeToken } from "../auth/tokens.ts";
import type { EpochMs } from "../domain/reading.ts";
import type { Scope } from "../domain/scopes.ts";
import type { RunningServer } from "../server.ts";
import type { Settings } from "../settings/settings.ts";
import { SETTINGS } from "../settings/table.ts";
import { MANUAL_CLIENT_ID } from "../storage/directory.ts";
import { FILES } from "../storage/sqlite/files.ts";
import { CommandFailure } from "./failure.ts";
import { say } from "./say.ts";
import { CLAIM_HOURS, newLink } from "./users/oneTimeLink.ts";

/** The name of the first profile. */
const FIRST_USER = "me";

/** Everything that somebody may do with what is theirs. */
export const FIRST_SCOPES: readonly Scope[] = [
  "data:heart_rate:read",
  "data:heart_rate:write",
  "data:statistics:read",
  "data:room:read",
  "data:room:write",
  "profile:read",
  "widgets:read",
  "widgets:update",
];

/**
 * Makes the first user and token of a data folder in which nobody has anything, and tells them once: on a terminal, or otherwise in a file
 * that only the owner can read, because a log is not a terminal. They are told before they are stored: whoever is
 * interrupted in between is told another token by the next start, and none is lost.
 * A folder whose only user was erased is as good as new. One in which people have accounts is not, though none may have a token:
 * the operator is given nothing of theirs.
 *
 * @throws CommandFailure when the file cannot be written; nothing is stored then
 */
export async function introduceFirstRun(
  server: RunningServer,
  { data: dataFolder, publicUrl }: Pick<Settings, "data" | "publicUrl">,
): Promise<void> {
  const { directory } = server.storage;
  if ((await directory.hasTokens()) || (await directory.people.hasAny())) return;
  const token = makeToken();
  const claim = newLink("claim", Date.now() as EpochMs, CLAIM_HOURS);
  const claimAddress = `${publicUrl?.origin ?? server.url.origin}${claim.path}`;
  const introduction = firstSteps(server.url.origin, token, claimAddress, dataFolder);
  if (process.stderr.isTTY) say(introduction);
  else writeFirstRun(resolve(join(dataFolder, FILES.firstRun)), introduction);
  const now = Date.now() as EpochMs;
  const profile = await directory.findOrCreateProfile(FIRST_USER, now);
  await directory.createToken({
    hash: hashToken(token),
    profile: profile.id,
    clientId: MANUAL_CLIENT_ID,
    scopes: FIRST_SCOPES,
    label: "first run",
    createdAt: now,
  });
  await directory.links.create({ ...claim.link, profile: profile.id });
}

/** A file or link that is there already is replaced: it may be another user's. */
function writeFirstRun(file: string, introduction: string): void {
  try {
    rmSync(file, { force: true });
    writeFileSync(file, introduction, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw new CommandFailure(
      `The first user's token cannot be written to ${file}: ${(error as Error).message}. Move away what is there.`,
    );
  }
  say(`First run: the first user's token and how to use it are in ${file}, readable only by you.`);
}

function firstSteps(origin: string, token: string, claimAddress: string, dataFolder: string): string {
  return `
Welcome. This is the first run: a user "${FIRST_USER}" was made.

  Address  ${origin}
  Token    ${token}

You will not see this token again. It may do everything
that "${FIRST_USER}" may; give apps tokens of their own.

Make your account, which "${FIRST_USER}" then belongs to, within ${CLAIM_HOURS} hours:

  ${claimAddress}

Send a first reading from another terminal (paste all three lines):

curl -X POST ${origin}/api/v1/data \\
  -H "Authorization: Bearer ${token}" \\
  -d "{\\"measured_at\\": $(date +%s000), \\"data\\": {\\"heart_rate\\": 72}}"

Then, from this folder:

  export HEARTWIRE_TOKEN=${token}${whereElse(origin, dataFolder)}
  npm run heartwire -- simulate        a lifelike heart, if no strap is at hand
  npm run heartwire -- watch           see it live
  npm run heartwire -- widget create --user ${FIRST_USER}   show it in OBS

`;
}

/** The commands look for the server on its usual port, and for the data in the usual folder, unless they are told. */
function whereElse(origin: string, dataFolder: string): string {
  const lines: string[] = [];
  if (origin !== `http://localhost:${SETTINGS.port.defaultValue}`)
    lines.push(`export HEARTWIRE_URL=${origin}`);
  const folder = resolve(dataFolder);
  if (folder !== resolve(SETTINGS.data.defaultValue)) lines.push(`export HEARTWIRE_DATA=${quoted(folder)}`);
  return lines.map((line) => `\n  ${line}`).join("");
}

/** As a shell takes it, whatever is in it. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
