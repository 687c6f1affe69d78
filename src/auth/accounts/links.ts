import type { LinkKind, OneTimeLink } from "../../storage/links.ts";
import { hashInvitationCode } from "../invitations.ts";
import { senderOf } from "../sender.ts";
import { AccountRefused } from "./accountRefused.ts";
import type { Accounts } from "./accounts.ts";
import type { Attempt } from "./attempts.ts";
import type { Visit } from "./visit.ts";

/** A link that works once, with the form in which its code is stored. */
export interface FoundLink {
  readonly link: OneTimeLink;
  readonly codeHash: string;
  /** Finding it counts as a failed attempt until it is said to have succeeded. */
  readonly attempt: Attempt;
}

/**
 * Finds a link by its code. A code has 60 random bits; whoever tries others waits longer and longer all the same.
 *
 * @param kinds what is looked for; a link of another kind is none
 * @throws AccountRefused when it is unknown, used or over, or it is not time yet for another attempt
 */
export async function findLink(
  accounts: Accounts,
  { address }: Visit,
  code: string,
  kinds: readonly LinkKind[] = ["claim", "invitation", "reset"],
): Promise<FoundLink> {
  const { limits, directory, clock } = accounts.parts;
  const attempt = accounts.attempts.begin([
    { key: `code ${senderOf(address)}`, free: limits.codeAttemptsFree },
  ]);
  const codeHash = hashInvitationCode(code);
  const link = codeHash === undefined ? undefined : await directory.links.find(codeHash, clock());
  if (codeHash === undefined || link === undefined || !kinds.includes(link.kind)) {
    throw new AccountRefused(kinds.includes("reset") ? "link over" : "sign-up link over");
  }
  return { link, codeHash, attempt };
}

/** What a link does, before it is used. */
export async function lookAtLink(
  accounts: Accounts,
  visit: Visit,
  code: string,
): Promise<{ readonly kind: LinkKind; readonly profile: string | null }> {
  const { link, attempt } = await findLink(accounts, visit, code);
  attempt.succeeded();
  const profiles = link.profile === undefined ? [] : await accounts.parts.directory.listProfiles();
  return { kind: link.kind, profile: profiles.find(({ id }) => id === link.profile)?.name ?? null };
}

/**
 * Sets a password anew by the link of `heartwire user reset`, and ends every session of its person. Of any number who use the link at
 * once, one does.
 */
export async function resetPassword(
  accounts: Accounts,
  visit: Visit,
  { code, password }: { readonly code: string; readonly password: string },
): Promise<void> {
  const { directory, clock } = accounts.parts;
  const { link, codeHash, attempt } = await findLink(accounts, visit, code, ["reset"]);
  attempt.succeeded();
  const person = await directory.people.find(link.person ?? "");
  if (person === undefined) throw new AccountRefused("link over");
  // Before the link is used up: a crowd that waits to be hashed costs nobody their link.
  const hash = await accounts.passwords.hash(password);
  if ((await directory.links.take(codeHash, clock())) === undefined) throw new AccountRefused("link over");
  const { internalAdapter } = await (await accounts.at(visit.origin)).$context;
  const known = await internalAdapter.findCredentialAccount(person.id);
  if (known === null || known === undefined) {
    const method = {
      userId: person.id,
      providerId: "credential",
      accountId: person.id,
      password: hash,
    };
    await internalAdapter.linkAccount(method);
  } else await internalAdapter.updateAccount(known.id, { password: hash });
  await directory.links.end("reset", { person: person.id });
  await directory.people.endSessions(person.id);
  accounts.ended();
  await accounts.record(person, "password_reset", { address: visit.address });
}
