import { AccountRefused } from "./accountRefused.ts";
import { type Accounts, within } from "./accounts.ts";
import { ceremonyCounter } from "./byPasskey.ts";
import { enter } from "./entering.ts";
import { findLink } from "./links.ts";
import { OUTSIDE_PROVIDER } from "./outsideProvider.ts";
import { newPermit, welcome, withPermit } from "./signingUp.ts";
import { CODE_HASH_STATE } from "./signUpPermit.ts";
import { cookieHeader, type Visit } from "./visit.ts";

export interface OutsideStart {
  /** A path of ours to go on with afterwards. */
  readonly goOn: string;
  /** Of a link that lets somebody sign up. */
  readonly code: string | undefined;
  /** Whether whoever is signed in adds the provider to their ways in, in place of signing in by it. */
  readonly isLink: boolean;
}

/** Where a browser goes next, and what it is to keep. */
export interface OutsideStep {
  readonly address: string;
  readonly cookies: readonly string[];
}

/** How long the provider may take to say who somebody is. */
const CALLBACK_MS_MAX = 30_000;

/** Begins a sign-in at the outside provider: state, nonce and PKCE are better-auth's, in an encrypted cookie of ten minutes. */
export async function startOutside(
  accounts: Accounts,
  visit: Visit,
  { goOn, code, isLink }: OutsideStart,
): Promise<OutsideStep> {
  accounts.attempts.begin([ceremonyCounter(accounts, visit)]);
  const found =
    code === undefined ? undefined : await findLink(accounts, visit, code, ["claim", "invitation"]);
  found?.attempt.succeeded();
  if (isLink) await accounts.requireFresh(visit);
  const auth = await accounts.withOutside(visit.origin);
  const { FAILED_PATH } = await import("./betterAuth.ts");
  const body = {
    provider: OUTSIDE_PROVIDER,
    callbackURL: goOn,
    errorCallbackURL: isLink ? `${FAILED_PATH}?to=${encodeURIComponent(goOn)}` : FAILED_PATH,
    disableRedirect: true,
    ...(found === undefined ? {} : { additionalData: { [CODE_HASH_STATE]: found.codeHash } }),
  };
  const options = { body, headers: await accounts.headers(visit), returnHeaders: true as const };
  const { headers, response } = isLink
    ? await auth.api.linkSocialAccount(options)
    : await auth.api.signInSocial(options);
  return { address: String(response.url), cookies: headers.getSetCookie() };
}

/**
 * Ends a sign-in at the outside provider, when the browser comes back from there.
 *
 * @param query as the provider wrote it
 * @returns a path of ours: the one that was given at the start, or `/sign-in#<reason>`
 */
export async function finishOutside(
  accounts: Accounts,
  visit: Visit,
  query: Readonly<Record<string, string>>,
): Promise<OutsideStep> {
  try {
    return await within(comeBack(accounts, visit, query), CALLBACK_MS_MAX);
  } catch (error) {
    const reason = error instanceof AccountRefused ? error.reason : undefined;
    if (reason === undefined) accounts.parts.report(error);
    return { address: `/sign-in#${REASONS.get(reason ?? "") ?? "failed"}`, cookies: [] };
  }
}

async function comeBack(
  accounts: Accounts,
  visit: Visit,
  query: Readonly<Record<string, string>>,
): Promise<OutsideStep> {
  const auth = await accounts.withOutside(visit.origin);
  requireIdTokens(await auth.$context);
  const { FAILED_PATH } = await import("./betterAuth.ts");
  const permit = newPermit(accounts);
  const headers = await accounts.headers(visit);
  const response: Response = await withPermit(permit, () =>
    auth.api.callbackOAuth({
      method: "GET",
      params: { id: OUTSIDE_PROVIDER },
      query,
      headers,
      asResponse: true,
    }),
  );
  if (permit.refusal !== undefined) throw permit.refusal;
  const cookies = response.headers.getSetCookie();
  const address = new URL(response.headers.get("location") ?? FAILED_PATH, visit.origin);
  if (address.origin !== visit.origin) throw new Error("the outside sign-in leads to another origin");
  if (address.pathname === FAILED_PATH) return failed(address, cookies);
  const entered = await accounts.session({ ...visit, cookie: cookieHeader(cookies) });
  // A provider that was added signs nobody in: whoever added it is.
  if (entered !== undefined) {
    if (permit.person !== undefined) await welcome(accounts, visit, entered.person, permit.link);
    await enter(accounts, visit, cookies, "outside");
  }
  return { address: `${address.pathname}${address.search}${address.hash}`, cookies };
}

function failed({ searchParams }: URL, cookies: readonly string[]): OutsideStep {
  const reason = REASONS.get(searchParams.get("error") ?? "") ?? "failed";
  return { address: `${searchParams.get("to") ?? "/sign-in"}#${reason}`, cookies };
}

/** What the page is told, by better-auth's and our own words for it; of everything else, "failed". */
const REASONS: ReadonlyMap<string, string> = new Map([
  ["access_denied", "denied"],
  ["account_not_linked", "address_taken"],
  ["account_already_linked_to_different_user", "linked_elsewhere"],
  ["email_not_found", "no_address"],
  ["state_mismatch", "begin_again"],
  ["state_not_found", "begin_again"],
  ["sign-up closed", "sign_up_closed"],
  ["invitation needed", "invitation_needed"],
  ["sign-up link over", "link_over"],
  ["no outside provider", "not_offered"],
  ["outside provider silent", "provider_silent"],
]);

interface Provider {
  readonly id: string;
  getUserInfo(tokens: { idToken?: string | undefined }): Promise<unknown>;
}

/**
 * better-auth checks an id token where there is one, and makes do with the userinfo endpoint where there is none. Ours must be
 * there, and both must speak of the same subject (OpenID Connect Core 1.0 section 5.3.2).
 */
function requireIdTokens({ socialProviders }: { readonly socialProviders: readonly object[] }): void {
  const provider = (socialProviders as Provider[]).find(({ id }) => id === OUTSIDE_PROVIDER);
  if (provider === undefined || guarded.has(provider)) return;
  guarded.add(provider);
  const ask = provider.getUserInfo.bind(provider);
  provider.getUserInfo = async (tokens) => {
    if (tokens.idToken === undefined) return null;
    const found = (await ask(tokens)) as { readonly data?: { readonly sub?: unknown } } | null;
    return found?.data?.sub === subjectOf(tokens.idToken) ? found : null;
  };
}

const guarded = new WeakSet<object>();

/** Of a token whose signature was checked. */
function subjectOf(idToken: string): unknown {
  const claims = Buffer.from(idToken.split(".")[1] ?? "", "base64url").toString("utf8");
  return (JSON.parse(claims) as { readonly sub?: unknown }).sub;
}
