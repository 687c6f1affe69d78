import { hashInvitationCode, newInvitationCode } from "../../../src/auth/invitations.ts";
import type { EpochMs, ProfileId } from "../../../src/domain/reading.ts";
import type { LinkKind } from "../../../src/storage/links.ts";
import type { TestServer } from "../server.ts";
import { PASSWORD, PageBrowser } from "./browser.ts";
import { SoftAuthenticator } from "./softAuthenticator.ts";

/** Makes a link as the command line does. @returns its code */
export async function makeLink(
  { server }: TestServer,
  kind: LinkKind,
  more: { readonly profile?: ProfileId; readonly person?: string; readonly expiresAt?: number } = {},
): Promise<string> {
  const code = newInvitationCode();
  const now = Date.now() as EpochMs;
  await server.storage.directory.links.create({
    kind,
    codeHash: hashInvitationCode(code) as string,
    createdAt: now,
    ...more,
    expiresAt: (more.expiresAt ?? now + 60_000) as EpochMs,
  });
  return code;
}

export interface SignedUp {
  readonly browser: PageBrowser;
  readonly email: string;
  readonly name: string;
}

let made = 0;

/** Somebody whom nobody else is, who has made an account by an invitation and is signed in. */
export async function newAccount(
  server: TestServer,
  browser = new PageBrowser(server.origin),
  email = `somebody${++made}@example.org`,
): Promise<SignedUp> {
  const name = email.split("@")[0] as string;
  const code = await makeLink(server, "invitation");
  const response = await browser.post("sign-up", { email, name, password: PASSWORD, code });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return { browser, email, name };
}

/** Adds a passkey to whoever is signed in in a browser. */
export async function addPasskey(browser: PageBrowser, origin: string): Promise<SoftAuthenticator> {
  const authenticator = new SoftAuthenticator();
  const options = (await (await browser.post("passkey/new-options")).json()) as {
    readonly challenge: string;
  };
  const response = authenticator.register(options, { origin });
  const added = await browser.post("passkey/new", { name: "a key", response });
  if (added.status !== 204) throw new Error(`${added.status}: ${await added.text()}`);
  return authenticator;
}

/** The trail of somebody as kinds and details, newest first. */
export async function trailOf(
  { server }: TestServer,
  email: string,
): Promise<readonly { readonly kind: string; readonly details: object }[]> {
  const { people, trail } = server.storage.directory;
  const profile = (await people.findByEmail(email))?.profile;
  if (profile === undefined) throw new Error(`${email} has no profile`);
  return (await trail.read(profile.id, 100)).map(({ kind, details }) => ({ kind, details }));
}

/** A page's token, as the page itself gets it. */
export async function pageToken(browser: PageBrowser): Promise<string> {
  const response = await browser.post("token");
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return ((await response.json()) as { readonly access_token: string }).access_token;
}
