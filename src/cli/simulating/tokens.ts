import { isUuid } from "../../domain/uuid.ts";
import { type ConnectionOptions, fromEnvironment, readTokenFile } from "../connection.ts";
import { UsageError } from "../failure.ts";

/** Where simulated users get their right to write from. */
export interface TokenSource {
  /**
   * One token for each user.
   *
   * @throws UsageError or CommandFailure when there are not that many
   */
  tokens(count: number): Promise<readonly string[]>;
  /** Takes back what was made for this run; what the user brought stays. Safe to call more than once. */
  release(): Promise<void>;
}

/** Tokens that the user brought. */
export interface GivenTokens extends TokenSource {
  /** From 1. */
  readonly available: number;
}

/**
 * Takes the tokens from `--token`, the file of `--token-file` (one a line; blank lines and lines that begin with # are left
 * out) or HEARTWIRE_TOKEN, whichever comes first.
 *
 * @returns undefined when none of the three is there
 * @throws UsageError when one of them holds no token, or something else
 * @throws CommandFailure when the file cannot be read
 */
export function givenTokens({ token, tokenFile }: ConnectionOptions): GivenTokens | undefined {
  if (token !== undefined) return sourceOf([token], "--token");
  if (tokenFile !== undefined) return sourceOf(readLinesOf(tokenFile), `The token file ${tokenFile}`);
  const given = fromEnvironment("HEARTWIRE_TOKEN");
  return given === undefined ? undefined : sourceOf([given], "HEARTWIRE_TOKEN");
}

function sourceOf(texts: readonly string[], name: string): GivenTokens {
  const tokens = [...new Set(texts.map((text) => text.trim().toLowerCase()))];
  if (tokens.length === 0) throw new UsageError(`${name} holds no token.`);
  const strayIndex = tokens.findIndex((token) => !isUuid(token));
  if (strayIndex >= 0) {
    const which = tokens.length === 1 ? "" : `, token ${strayIndex + 1}`;
    throw new UsageError(`${name}${which}: expected a UUID of 36 characters. Was all of it copied?`);
  }
  return {
    available: tokens.length,
    async tokens(count) {
      if (count > tokens.length) {
        const held = tokens.length === 1 ? "one token" : `${tokens.length} tokens`;
        throw new UsageError(
          `--users ${count}: ${name} gives ${held}, and every user needs a token of their own. ` +
            "Write one a line into a file for --token-file; without any token, simulate makes them itself on the server's machine.",
        );
      }
      return tokens.slice(0, count);
    },
    release: async () => {},
  };
}

function readLinesOf(file: string): string[] {
  return readTokenFile(file)
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
}
