import type { Command } from "commander";
import { hashInvitationCode, newInvitationCode } from "../../auth/invitations.ts";
import type { EpochMs } from "../../domain/reading.ts";
import type { FlagValues } from "../../settings/settings.ts";
import type { LinkKind, NewLink } from "../../storage/links.ts";
import { pagesAddress } from "../pagesAddress.ts";
import { say } from "../say.ts";
import { toSeenJson } from "../seenText.ts";
import { addSettings } from "../settingsOptions.ts";

/** How long the link is good that makes an owner's account. */
export const CLAIM_HOURS = 24;
export const HOUR_MS = 3_600_000;

export interface LinkFlags extends Pick<FlagValues, "data" | "host" | "port" | "publicUrl"> {
  readonly json?: boolean;
}

/** Adds what every command takes that prints a link: where the pages are, and how it is printed. */
export function addLinkOptions(command: Command): Command {
  return addSettings(command.option("--json", "print a JSON object"), ["data", "host", "port", "publicUrl"]);
}

/**
 * Makes a link that works once. Its code stands behind the `#`, which browsers keep to themselves: no log holds it.
 *
 * @returns what is stored, and the path to print, which is shown once
 */
export function newLink(
  kind: LinkKind,
  now: EpochMs,
  hours: number,
): { readonly link: NewLink; readonly path: string } {
  const code = newInvitationCode();
  return {
    link: {
      kind,
      codeHash: hashInvitationCode(code) as string,
      createdAt: now,
      expiresAt: (now + hours * HOUR_MS) as EpochMs,
    },
    path: `${kind === "reset" ? "/reset" : "/sign-up"}#${code}`,
  };
}

/** Prints a link on stdout, alone; what is to be said of it goes to stderr. */
export function tellLink(words: string, { link, path }: ReturnType<typeof newLink>, flags: LinkFlags): void {
  const address = `${pagesAddress(flags)}${path}`;
  if (flags.json) {
    console.log(toSeenJson({ link: address, expires_at: link.expiresAt }));
    return;
  }
  say(`${words} It works once, until ${new Date(link.expiresAt).toISOString().slice(0, 16)}Z.`);
  console.log(address);
}
