import { Command } from "commander";
import { hashToken, makeToken } from "../auth/tokens.ts";
import type { EpochMs } from "../domain/reading.ts";
import { parseScopes, SCOPES, type Scope } from "../domain/scopes.ts";
import { isUuid } from "../domain/uuid.ts";
import { type Directory, MANUAL_CLIENT_ID, type TokenListing } from "../storage/directory.ts";
import { openFolderDirectory } from "../storage/sqlite/folder.ts";
import { CommandFailure, UsageError } from "./failure.ts";
import { addSettings, settingsOf } from "./settingsOptions.ts";

const DAY_MS = 86_400_000;

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
      const name = readName(flags.user);
      const token = makeToken();
      await withDirectory(
        flags,
        async (directory) => {
          const profile = (await directory.findProfile(name)) ?? (await directory.createProfile(name, now));
          await directory.createToken({
            hash: hashToken(token),
            profile: profile.id,
            clientId: MANUAL_CLIENT_ID,
            scopes,
            createdAt: now,
            ...(flags.label === undefined ? {} : { label: flags.label }),
            ...(expiresAt === undefined ? {} : { expiresAt }),
          });
        },
        { create: true },
      );
      console.error(`A token of "${name}" for ${scopes.join(", ")}. You will not see it again:`);
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
      if (flags.json)
        console.log(
          JSON.stringify(
            tokens.map((token) => toJson(token, now)),
            null,
            2,
          ),
        );
      else if (tokens.length === 0) console.error("There are no tokens yet. Make one with token create.");
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
      "\nExamples:\n  $ npm run heartwire -- token revoke 3\n  $ echo $TOKEN | npm run heartwire -- token revoke -",
    )
    .action(async (given: readonly string[], flags: { readonly data?: string }) => {
      if (given.length === 0) throw new UsageError("token revoke: give the numbers that token list shows.");
      await withDirectory(flags, async (directory) => {
        for (const text of given) {
          const id = await readTokenNumber(text, directory);
          if (!(await directory.revokeToken(id, Date.now() as EpochMs))) {
            throw new CommandFailure(`There is no token ${id} that still works. See token list.`);
          }
          console.error(`Token ${id} is revoked.`);
        }
      });
    });
}

async function withDirectory<Result>(
  flags: { readonly data?: string },
  work: (directory: Directory) => Promise<Result>,
  { create } = { create: false },
): Promise<Result> {
  const directory = await openFolderDirectory(settingsOf(flags).data, { create });
  try {
    return await work(directory);
  } finally {
    await directory.close();
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
  const days = Number(text);
  if (!(days > 0 && days <= 36_500)) {
    throw new UsageError(
      `--expires: expected a number of days, more than 0 and at most 36500, got "${text}".`,
    );
  }
  return Math.round(now + days * DAY_MS) as EpochMs;
}

function readName(text: string): string {
  const name = text.trim();
  if (name === "" || name.length > 100)
    throw new UsageError("--user: expected a name of 1 to 100 characters.");
  return name;
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
    throw new UsageError(`token revoke: expected a number from token list, got something else.`);
  }
  return Number(text);
}

type TokenState = "works" | "expired" | "revoked";

function stateOf(token: TokenListing, now: EpochMs): TokenState {
  if (token.revokedAt !== undefined) return "revoked";
  return token.expiresAt !== undefined && token.expiresAt <= now ? "expired" : "works";
}

function describe(token: TokenListing, now: EpochMs): string {
  const until = token.expiresAt === undefined ? "until revoked" : `until ${date(token.expiresAt)}`;
  return [
    String(token.id).padStart(4),
    (token.profile?.name ?? "-").padEnd(16),
    stateOf(token, now).padEnd(8),
    until.padEnd(18),
    `made ${date(token.createdAt)}`,
    token.scopes.join(","),
    ...(token.label === undefined ? [] : [`(${token.label})`]),
  ].join("  ");
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
