import { readFileSync } from "node:fs";
import type { ConformanceOptions } from "../../conformance/index.ts";
import { readBaseUrl } from "../connection.ts";
import { CommandFailure } from "../failure.ts";
import { readNumber } from "../numberOption.ts";
import { type HookFlags, readHooks } from "./hookCommands.ts";
import { readSecret, readTokens, type TokenFlags } from "./tokens.ts";

export interface ConformanceFlags extends TokenFlags, HookFlags {
  readonly base?: string;
  readonly room?: string;
  readonly otherRoom?: string;
  readonly widget?: string;
  readonly clientId?: string;
  readonly publicClientId?: string;
  readonly callbackPort?: string;
  readonly only?: string;
  readonly slow?: boolean;
  readonly ours?: boolean;
  readonly complete?: boolean;
  readonly timeout?: string;
  readonly ca?: string;
  readonly list?: boolean;
  readonly verbose?: boolean;
  readonly json?: boolean;
  readonly junit?: string;
}

const TIMEOUT_SECONDS_MIN = 0.1;
const TIMEOUT_SECONDS_MAX = 30;
const PORT_MAX = 65_535;

/** @throws UsageError, CommandFailure */
export function readConformanceOptions(flags: ConformanceFlags): ConformanceOptions {
  const { base, room, otherRoom, widget, only, slow, ours, timeout, ca } = flags;
  const { clientId, publicClientId, callbackPort } = flags;
  return {
    base: readBaseUrl(base === undefined ? {} : { url: base }, "--base"),
    ...readTokens(flags),
    hooks: readHooks(flags),
    room,
    otherRoom,
    widget,
    clientId,
    clientSecret: clientId === undefined ? undefined : readSecret(flags),
    publicClientId,
    callbackPort:
      callbackPort === undefined ? undefined : readNumber("--callback-port", callbackPort, 1, PORT_MAX),
    only,
    slow,
    ours,
    authority: ca === undefined ? undefined : readAuthority(ca),
    answerTimeoutMs: timeout === undefined ? undefined : readTimeoutMs(timeout),
  };
}

function readTimeoutMs(seconds: string): number {
  return readNumber("--timeout", seconds, TIMEOUT_SECONDS_MIN, TIMEOUT_SECONDS_MAX) * 1000;
}

function readAuthority(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandFailure(`--ca: ${file} cannot be read: ${(error as Error).message}`);
  }
}
