import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { isUuid } from "../domain/uuid.ts";
import type { CLIENT_ENVIRONMENT } from "../settings/table.ts";
import { CommandFailure, UsageError } from "./failure.ts";

/** The address that every client command talks to unless told otherwise. */
const DEFAULT_URL = "http://localhost:4327";

export interface ConnectionOptions {
  readonly url?: string;
  readonly token?: string;
  readonly tokenFile?: string;
}

/** A server, and the right to talk to it. */
export interface Connection {
  readonly baseUrl: URL;
  readonly token: string;
}

/** Adds `--url`, `--token` and `--token-file` to a command that talks to a server. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option("--url <address>", `the server (or HEARTWIRE_URL; default ${DEFAULT_URL})`)
    .option("--token <uuid>", "the token (other users of this machine can see it; prefer HEARTWIRE_TOKEN)")
    .option("--token-file <file>", "a file that holds the token");
}

/** @throws UsageError when the address is not http(s) or no token was given or it is not a UUID */
export function readConnection(options: ConnectionOptions): Connection {
  return { baseUrl: readBaseUrl(options), token: readToken(options) };
}

/**
 * @param flag by which it was given, for the message
 * @throws UsageError when the address is not one of http or https
 */
export function readBaseUrl(options: ConnectionOptions, flag = "--url"): URL {
  const address = options.url ?? fromEnvironment("HEARTWIRE_URL") ?? DEFAULT_URL;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${flag}: expected an address such as ${DEFAULT_URL}, got "${address}".`);
  }
  return url;
}

/** An address below the server's, which may itself be a folder of a site. */
export function apiAddress(baseUrl: URL, path: string): URL {
  const folder = new URL(baseUrl);
  if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  return new URL(path, folder);
}

function readToken({ token: typed, tokenFile }: ConnectionOptions): string {
  const inFile = tokenFile === undefined ? undefined : readTokenFile(tokenFile);
  const token = (typed ?? inFile ?? fromEnvironment("HEARTWIRE_TOKEN") ?? "").trim();
  if (token === "") {
    throw new UsageError(
      "A token is missing. Set HEARTWIRE_TOKEN or give --token-file. To make one on the server's machine:\n" +
        "  npm run heartwire -- token create --user me --scopes data:heart_rate:read,data:heart_rate:write",
    );
  }
  if (!isUuid(token)) throw new UsageError("The token is not a UUID of 36 characters. Was all of it copied?");
  return token.toLowerCase();
}

/** An empty value counts as not set, as an empty setting of the server does. */
export function fromEnvironment(name: keyof typeof CLIENT_ENVIRONMENT): string | undefined {
  return process.env[name]?.trim() || undefined;
}

/** @throws CommandFailure when the file cannot be read */
export function readTokenFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandFailure(`The token file ${file} cannot be read: ${(error as Error).message}`);
  }
}
