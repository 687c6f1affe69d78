import type { OneTimeLink } from "../../storage/links.ts";
import type { Person } from "../../storage/people.ts";
import { senderOf } from "../sender.ts";
import { AccountRefused } from "./accountRefused.ts";
import type { Accounts } from "./accounts.ts";
import { enterByPassword, isRefusal } from "./byPassword.ts";
import type { Entered } from "./entering.ts";
import { findLink } from "./links.ts";
import { permits, requireSignUp, SignUpPermit } from "./signUpPermit.ts";
import type { Visit } from "./visit.ts";

export interface NewAccount {
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

/**
 * Makes an account by an invitation's or a claim link's code, and signs in to it. Its holder is told when the address has an
 * account already: they were trusted with the link, and keep it.
 *
 * @throws AccountRefused
 */
export async function signUpByLink(
  accounts: Accounts,
  visit: Visit,
  account: NewAccount,
  code: string,
): Promise<Entered> {
  const { settings, directory } = accounts.parts;
  const { link, codeHash, attempt } = await findLink(accounts, visit, code, ["claim", "invitation"]);
  requireSignUp(settings.signUp, true, link);
  // Counts as a failed attempt: a link is no way to ask about one address after the other.
  if ((await directory.people.findByEmail(account.email)) !== undefined) {
    throw new AccountRefused("address taken");
  }
  const permit = newPermit(accounts, codeHash);
  await signUp(accounts, visit, account, permit);
  if (permit.person === undefined) throw new AccountRefused("address taken");
  attempt.succeeded();
  return await enterByPassword(accounts, visit, account);
}

/**
 * Makes an account where anybody may. A taken address is answered as a free one is, without signing in: whoever shows its
 * password afterwards is let in, whoever made it.
 *
 * @throws AccountRefused where not anybody may, or it is not time yet for another account from this address
 */
export async function signUpOpenly(accounts: Accounts, visit: Visit, account: NewAccount): Promise<void> {
  const { settings, limits } = accounts.parts;
  requireSignUp(settings.signUp, false, undefined);
  // Never taken back: each account made counts.
  accounts.attempts.begin([{ key: `sign-up ${senderOf(visit.address)}`, free: limits.signUpsFree }]);
  await signUp(accounts, visit, account, newPermit(accounts));
}

export function newPermit({ parts }: Accounts, codeHash?: string): SignUpPermit {
  return new SignUpPermit(parts.settings.signUp, parts.directory.links, parts.clock, codeHash);
}

async function signUp(
  accounts: Accounts,
  visit: Visit,
  { email, password, name }: NewAccount,
  permit: SignUpPermit,
): Promise<void> {
  const auth = await accounts.at(visit.origin);
  const headers = await accounts.headers({ ...visit, cookie: null });
  await withPermit(permit, () => auth.api.signUpEmail({ body: { email, password, name }, headers })).catch(
    async (error) => {
      // Somebody was given the same address at this moment: it is taken as any other.
      const { people } = accounts.parts.directory;
      const isTaken = isRefusal(error, "FAILED_TO_CREATE_USER") && (await people.findByEmail(email));
      if (!isTaken) throw error;
    },
  );
  if (permit.person === undefined) return;
  await welcome(accounts, visit, { id: permit.person, name, email: email.toLowerCase() }, permit.link);
}

/** Runs what may make an account under a permit. @throws AccountRefused in place of what better-auth made of it */
export async function withPermit<Result>(permit: SignUpPermit, work: () => Promise<Result>): Promise<Result> {
  try {
    return await permits.run(permit, work);
  } catch (error) {
    throw permit.refusal ?? error;
  } finally {
    await permit.end();
  }
}

/** Gives a new account its profile: the one of its claim link, where nobody has it yet, or a new one. */
export async function welcome(
  accounts: Accounts,
  { address }: Visit,
  person: Person,
  link: OneTimeLink | undefined,
): Promise<void> {
  const { people, links } = accounts.parts.directory;
  if (link?.profile !== undefined && (await people.adopt(person.id, link.profile))) {
    await links.end("claim", { profile: link.profile });
  }
  await accounts.record(person, "account_made", { address, by: link?.kind ?? "sign-up" });
}
