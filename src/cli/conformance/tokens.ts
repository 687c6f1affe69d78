import type { Command } from "commander";
import type { ConformanceOptions } from "../../conformance/index.ts";
import { isUuid } from "../../domain/uuid.ts";
import { fromEnvironment, readTokenFile } from "../connection.ts";
import { UsageError } from "../failure.ts";

/** The tokens that the kit can be given, by their names in a file of tokens. */
const NAMES = ["read", "write", "expired", "expiring", "revocable", "empty", "server"] as const;

type Name = (typeof NAMES)[number];

export type TokenFlags = { readonly [Name_ in `${Name}Token`]?: string } & {
  readonly token?: readonly string[];
  readonly tokensFile?: string;
};

export type GivenTokens = Pick<ConformanceOptions, `${Name}Token` | "tokens">;

const WORDS: Readonly<Record<Name, string>> = {
  read: "a token with data:heart_rate:read (or HEARTWIRE_READ_TOKEN)",
  write: "a token of the same user with data:heart_rate:write (or HEARTWIRE_WRITE_TOKEN)",
  expired: "a token that has expired",
  expiring: "a token with data:heart_rate:read that expires within two minutes (for --slow)",
  revocable: "a token that --on-revoke may revoke",
  empty: "a token of a user who never sent a reading",
  server: "the token of a server, which has no user",
};

/** Adds `--read-token` and its neighbours to the command. */
export function addTokenOptions(command: Command): Command {
  command.option(
    "--tokens-file <file>",
    'a file with a token a line, or with lines such as "read = <uuid>" (other users of this machine can see what stands in a command)',
  );
  for (const name of NAMES) command.option(`--${name}-token <uuid>`, WORDS[name]);
  return command.option(
    "--token <uuid>",
    "a further token: of the same user with more or fewer scopes, or of a second user; may be repeated",
    (token: string, before: readonly string[] | undefined) => [...(before ?? []), token],
  );
}

/**
 * Reads the tokens: from flags, then from the file, then from the environment. One token that may do everything serves for
 * reading and writing.
 *
 * @throws UsageError when there is none, or the file has other lines than it should
 */
export function readTokens(flags: TokenFlags): GivenTokens {
  const inFile = linesOf(flags);
  const find = (name: Name) =>
    flags[`${name}Token`]?.trim() ?? inFile.find((line) => line.name === name)?.token;
  const readToken = find("read") ?? fromEnvironment("HEARTWIRE_READ_TOKEN");
  const writeToken = find("write") ?? fromEnvironment("HEARTWIRE_WRITE_TOKEN");
  const given = [
    ...(flags.token ?? []),
    ...inFile.filter(({ name }) => name === "token").map(({ token }) => token),
  ];
  const usual = fromEnvironment("HEARTWIRE_TOKEN");
  const isEnough = given.length > 0 || (readToken !== undefined && writeToken !== undefined);
  const tokens = isEnough || usual === undefined ? given : [usual];
  if (readToken === undefined && writeToken === undefined && tokens.length === 0) {
    throw new UsageError(
      "A token is missing. Give --tokens-file, or HEARTWIRE_READ_TOKEN and HEARTWIRE_WRITE_TOKEN, or HEARTWIRE_TOKEN for one that may do both.",
    );
  }
  return {
    readToken,
    writeToken,
    tokens,
    expiredToken: find("expired"),
    expiringToken: find("expiring"),
    revocableToken: find("revocable"),
    emptyToken: find("empty"),
    serverToken: find("server"),
  };
}

/**
 * Reads the secret of the client `--client-id`, which stands in no command, as others could see it there.
 *
 * @throws UsageError when there is none
 */
export function readSecret(flags: TokenFlags): string {
  const secret =
    linesOf(flags).find(({ name }) => name === "secret")?.token ?? fromEnvironment("HEARTWIRE_CLIENT_SECRET");
  if (secret === undefined) {
    throw new UsageError(
      "--client-id: its secret is missing. Give it in the --tokens-file, as a line `secret = <uuid>`, or as HEARTWIRE_CLIENT_SECRET.",
    );
  }
  return secret;
}

function linesOf({ tokensFile }: TokenFlags): readonly Line[] {
  return tokensFile === undefined ? [] : parse(readTokenFile(tokensFile), tokensFile);
}

interface Line {
  readonly name: Name | "token" | "secret";
  readonly token: string;
}

/** Lines of `name = token`, or a token alone; empty ones and those that begin with # say nothing. */
function parse(text: string, file: string): readonly Line[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (/^\s*(#|$)/.test(line)) return [];
    const [, name = "token", token = ""] = /^\s*(?:([a-z]+)\s*=)?\s*(\S+)\s*$/.exec(line) ?? [];
    if (!isName(name) || !isUuid(token)) {
      // What stands there may be most of a token, and is not repeated.
      throw new UsageError(
        `${file}, line ${index + 1}: expected a token, or a name (${[...NAMES, "secret", "token"].join(", ")}), = and a token.`,
      );
    }
    return [{ name, token }];
  });
}

function isName(name: string): name is Line["name"] {
  return name === "token" || name === "secret" || (NAMES as readonly string[]).includes(name);
}
