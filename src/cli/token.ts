import { Command } from "commander";
import { hashToken, makeToken } from "../auth/tokens.ts";
import type { EpochMs } from "../domain/reading.ts";
import { parseScopes, SCOPES, type Scope } from "../domain/scopes.ts";
import { isUuid } from "../domain/uuid.ts";
import { type Directory, MANUAL_CLIENT_ID, type TokenListing } from "../storage/directory.ts";
import { CommandFailure, UsageError } from "./failure.ts";
import { say } from "./say.ts";
import { readText, toSeen, toSeenJson } from "./seenText.ts";
import { addSettings } from "./settingsOptions.ts";
import { couldListOpenLinks } from "./tokens/knownLinks.ts";
import { withDirectory } from "./withDirectory.ts";

const DAY_MS = 86_400_000;

/** What `--expires` takes: from a minute and a half to a hundred years. */
const EXPIRES_DAYS_MIN = 0.001;
const EXPIRES_DAYS_MAX = 36_500;

/** `heartwire token`: make, list and revoke tokens in the data folder, also while its server runs. */
export function tokenCommand(): Command {
  return new Command("token")
    .description("Make, list and revoke tokens. A running server on the same data folder notices at once.")
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand())
    .addHelpText(
      "after",
      "\nExample:\n  $ npm run heartwire -- token create --user anna --scopes data:heart_rate:read",
    );
}

interface CreateFlags {
  readonly user: string;
  readonly scopes: string;
  readonly expires?: string;
  readonly label?: string;
  readonly data?: string;
}

function createCommand(): Command {
  const command = new Command("create")
    .description("Make a token and print it, alone, on stdout. A user of a new name is made with it.")
    .requiredOption("--user <name>", "whose heart rate the token opens")
    .requiredOption("--scopes <list>", `what it may do, separated by commas: ${SCOPES.join(", ")}`)
    .option("--expires <days>", "days until it ends (default: never, until revoked)")
    .option("--label <text>", "what it is for, shown by token list");
  return addSettings(command, ["data"])
    .addHelpText(
      "after",
      "\nExamples:\n" +
        "  $ npm run heartwire -- token create --user anna --scopes data:heart_rate:write --label strap\n" +
        "  $ export HEARTWIRE_TOKEN=$(npm run --silent heartwire -- token create --user anna --scopes data:heart_rate:read)",
    )
    .action(async (flags: CreateFlags) => {
      const scopes = readScopes(flags.scopes);
      const now = Date.now() as EpochMs;
      const expiresAt = flags.expires === undefined ? undefined : readExpiry(flags.expires, now);
      const name = readText("--user", flags.user);
      const label = flags.label === undefined ? undefined : readText("--label", flags.label);
      const token = makeToken();
      await withDirectory(
        flags,
        async (directory) => {
          const profile = await directory.findOrCreateProfile(name, now);
          await directory.createToken({
            hash: hashToken(token),
            profile: profile.id,
            clientId: MANUAL_CLIENT_ID,
            scopes,
            createdAt: now,
            ...(label === undefined ? {} : { label }),
            ...(expiresAt === undefined ? {} : { expiresAt }),
          });
        },
        { create: true },
      );
      say(`A token of "${name}" for ${scopes.join(", ")}. You will not see it again:`);
      console.log(token);
    });
}

function listCommand(): Command {
  const command = new Command("list")
    .description("List every token: what it may do and until when. The tokens themselves are not kept.")
    .option("--json", "print a JSON array");
  return addSettings(command, ["data"])
    .addHelpText("after", "\nExample:\n  $ npm run heartwire -- token list")
    .action(async (flags: { readonly json?: boolean; readonly data?: string }) => {
      const now = Date.now() as EpochMs;
      const tokens = await withDirectory(flags, (directory) => directory.listTokens());
      if (flags.json) console.log(toSeenJson(tokens.map((token) => toJson(token, now))));
      else if (tokens.length === 0) say("There are no tokens yet. Make one with token create.");
      else for (const token of tokens) console.log(describe(token, now));
    });
}

function revokeCommand(): Command {
  const command = new Command("revoke")
    .description("Revoke tokens. A running server stops them within a second and closes their sockets.")
    .argument("[numbers...]", "their numbers in token list, or - to read a token from stdin");
  return addSettings(command, ["data"])
    .addHelpText(
      "after",
      `\nThe links of widgets that it opened are closed with it, and its invitations to rooms end; rooms that it joined stay (room list). ${OTHER_LINKS}\n` +
        "\nExamples:\n  $ npm run heartwire -- token revoke 3\n  $ echo $TOKEN | npm run heartwire -- token revoke -",
    )
    .action(async (given: readonly string[], flags: { readonly data?: string }) => {
      if (given.length === 0) throw new UsageError("token revoke: give the numbers that token list shows.");
      await withDirectory(flags, (directory) => revoke(given, directory));
    });
}

const OTHER_LINKS =
  "Whoever had it may know the address of a link that was opened without it, and goes on hearing by that: widget open gives such a widget a new address.";

const KNOWN_LINKS = `Links of this user's widgets are still open. ${OTHER_LINKS}`;

/** Nothing is revoked when one of the words is no number; all that can be is when one of the numbers is unknown. */
async function revoke(given: readonly string[], directory: Directory): Promise<void> {
  const ids: number[] = [];
  for (const text of given) ids.push(await readTokenNumber(text, directory));
  const unknown: number[] = [];
  for (const id of new Set(ids)) {
    if (await directory.revokeToken(id, Date.now() as EpochMs)) {
      say(`Token ${id} is revoked.`);
      if (await couldListOpenLinks(directory, id)) say(KNOWN_LINKS);
    } else unknown.push(id);
  }
  if (unknown.length > 0) {
    throw new CommandFailure(
      unknown.map((id) => `There is no token ${id} that still works. See token list.`).join("\n"),
    );
  }
}

function readScopes(list: string): readonly Scope[] {
  const { known, unknown } = parseScopes(list);
  if (unknown.length > 0) {
    throw new UsageError(
      `--scopes: there is no scope ${unknown.join(", ")}. There are: ${SCOPES.join(", ")}.`,
    );
  }
  if (known.length === 0) throw new UsageError(`--scopes: name at least one of ${SCOPES.join(", ")}.`);
  return known;
}

function readExpiry(text: string, now: EpochMs): EpochMs {
  const days = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(days >= EXPIRES_DAYS_MIN && days <= EXPIRES_DAYS_MAX)) {
    throw new UsageError(
      `--expires: expected a number of days from ${EXPIRES_DAYS_MIN} to ${EXPIRES_DAYS_MAX}, written in digits, such as 30 or 0.5.`,
    );
  }
  return Math.round(now + days * DAY_MS) as EpochMs;
}

async function readTokenNumber(text: string, directory: Directory): Promise<number> {
  if (text === "-") {
    const token = (await Bun.stdin.text()).trim();
    if (!isUuid(token)) throw new UsageError("token revoke -: expected a token on stdin.");
    const record = await directory.findToken(hashToken(token));
    if (record === undefined) throw new CommandFailure("This token is unknown, or revoked already.");
    return record.id;
  }
  if (!/^\d{1,15}$/.test(text)) {
    throw new UsageError("token revoke: expected a number from token list, got something else.");
  }
  return Number(text);
}

type TokenState = "works" | "expired" | "revoked";

function stateOf(token: TokenListing, now: EpochMs): TokenState {
  if (token.revokedAt !== undefined) return "revoked";
  return token.expiresAt !== undefined && token.expiresAt <= now ? "expired" : "works";
}

function describe(token: TokenListing, now: EpochMs): string {
  return [
    String(token.id).padStart(4),
    toSeen(token.profile?.name ?? "-").padEnd(16),
    stateOf(token, now).padEnd(8),
    endOf(token).padEnd(18),
    `made ${date(token.createdAt)}`,
    token.scopes.join(","),
    ...(token.label === undefined ? [] : [`(${toSeen(token.label)})`]),
  ].join("  ");
}

function endOf({ revokedAt, expiresAt }: TokenListing): string {
  if (revokedAt !== undefined) return `since ${date(revokedAt)}`;
  return expiresAt === undefined ? "until revoked" : `until ${date(expiresAt)}`;
}

function date(time: EpochMs): string {
  return new Date(time).toISOString().slice(0, 10);
}

function toJson(token: TokenListing, now: EpochMs): object {
  return {
    id: token.id,
    user: token.profile?.name ?? null,
    profile_id: token.profile?.publicId ?? null,
    state: stateOf(token, now),
    scopes: token.scopes,
    label: token.label ?? null,
    created_at: token.createdAt,
    expires_at: token.expiresAt ?? null,
    revoked_at: token.revokedAt ?? null,
  };
}
