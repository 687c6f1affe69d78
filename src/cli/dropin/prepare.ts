import { existsSync } from "node:fs";
import { join } from "node:path";
import { UnusablePair } from "../../certificates/certificatePair.ts";
import { type Prepared, readPrepared, writePrepared } from "../../certificates/dropinFolder.ts";
import { PULSOID_HOSTS } from "../../domain/pulsoidHosts.ts";
import { FILES } from "../../storage/sqlite/folder.ts";
import { CommandFailure } from "../failure.ts";
import { say } from "../say.ts";

const DAY_MS = 86_400_000;

/** With less than this left, a new certificate is made when the machine is prepared again. */
const RENEWAL_DAYS = 30;

/** What is prepared in a data folder, unless it has to be made anew. @returns undefined also when it cannot be used */
export function stillGood(dataFolder: string, nowMs: number): Prepared | undefined {
  try {
    const prepared = readPrepared(dataFolder, nowMs);
    return prepared !== undefined && !isExpiring(prepared, nowMs) ? prepared : undefined;
  } catch (error) {
    if (error instanceof UnusablePair || (error as { code?: string }).code === "ENOENT") return undefined;
    throw new CommandFailure(
      `What was prepared in ${dataFolder} cannot be read: ${(error as Error).message}`,
    );
  }
}

/** Makes an authority and its certificate, in place of earlier ones. */
export async function prepareAnew(dataFolder: string, now: Date): Promise<Prepared> {
  assertDataFolder(dataFolder);
  // Loaded only here: the schemas of X.509 would delay the start of every other command by a fifth.
  const { issue } = await import("../../certificates/authority.ts");
  writePrepared(dataFolder, await issue(PULSOID_HOSTS, now));
  const prepared = readPrepared(dataFolder, now.getTime()) as Prepared;
  say(
    `Made a certificate for Pulsoid's hosts, which holds until ${lastDay(prepared)}, and the authority that signed ` +
      "it. The authority's key is gone: nothing else can be signed with it.",
  );
  return prepared;
}

/** @throws CommandFailure when there is no data folder: a server has to have made it, as its own */
export function assertDataFolder(dataFolder: string): void {
  if (existsSync(join(dataFolder, FILES.control))) return;
  throw new CommandFailure(
    `${dataFolder} is not a data folder of Heartwire. Name the right one with --data or HEARTWIRE_DATA; npm start makes one.`,
  );
}

export function daysLeft({ pair }: Prepared, nowMs: number): number {
  return Math.floor((pair.details.validToDate.getTime() - nowMs) / DAY_MS);
}

/** The day on which the certificate ends, such as 2027-12-27. */
export function lastDay({ pair }: Prepared): string {
  return pair.details.validToDate.toISOString().slice(0, 10);
}

export function isExpiring(prepared: Prepared, nowMs: number): boolean {
  return daysLeft(prepared, nowMs) < RENEWAL_DAYS;
}
