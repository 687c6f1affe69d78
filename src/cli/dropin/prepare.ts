import { readPair, UnusablePair } from "../../certificates/certificatePair.ts";
import { type Prepared, readPrepared, writePrepared } from "../../certificates/dropinFolder.ts";
import { PULSOID_HOSTS } from "../../domain/pulsoidHosts.ts";
import { CommandFailure } from "../failure.ts";
import { say } from "../say.ts";

const DAY_MS = 86_400_000;

/** With less than this left, a new certificate is made when the machine is prepared again. */
const RENEWAL_DAYS = 30;

/**
 * Reads what is prepared in a data folder, and whether the authority is one that Heartwire makes: the folder is the
 * server's, and what lies in it may have come from elsewhere.
 *
 * @returns undefined when nothing is prepared there
 * @throws UnusablePair, or what reading the files throws
 */
export async function readOwnPrepared(dataFolder: string, nowMs: number): Promise<Prepared | undefined> {
  const prepared = readPrepared(dataFolder, nowMs);
  if (prepared === undefined) return undefined;
  const { isIssuedFor } = await loadAuthority();
  if (await isIssuedFor(PULSOID_HOSTS, prepared.authority)) return prepared;
  throw new UnusablePair(
    "certificate",
    "its authority is not as Heartwire makes them, and might sign anything",
  );
}

/** What is prepared in a data folder, unless it has to be made anew. @returns undefined also when it cannot be used */
export async function stillGood(dataFolder: string, nowMs: number): Promise<Prepared | undefined> {
  try {
    const prepared = await readOwnPrepared(dataFolder, nowMs);
    return prepared !== undefined && !isExpiring(prepared, nowMs) ? prepared : undefined;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    if (!(error instanceof UnusablePair)) {
      throw new CommandFailure(
        `What was prepared in ${dataFolder} cannot be read: ${(error as Error).message}`,
      );
    }
    say(`What was prepared in ${dataFolder} is not used: ${error.message}.`);
    return undefined;
  }
}

/** Makes an authority and its certificate, in place of earlier ones. @throws CommandFailure when they cannot be kept */
export async function prepareAnew(dataFolder: string, now: Date): Promise<Prepared> {
  const { issue } = await loadAuthority();
  const issued = await issue(PULSOID_HOSTS, now);
  try {
    writePrepared(dataFolder, issued);
  } catch (error) {
    throw new CommandFailure(`Nothing can be prepared in ${dataFolder}: ${(error as Error).message}.`);
  }
  const pair = readPair(issued.certificate, issued.key, now.getTime());
  const prepared = { authority: issued.authority, pair };
  say(
    `Made a certificate for Pulsoid's hosts, which holds until ${lastDay(prepared)}, and the authority that signed ` +
      "it. The authority's key is gone: nothing else can be signed with it.",
  );
  return prepared;
}

/** Loaded only here: the schemas of X.509 would delay the start of every other command by a fifth. */
function loadAuthority() {
  return import("../../certificates/authority.ts");
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
