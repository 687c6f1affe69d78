import type { HookDetails } from "../../../src/conformance/index.ts";
import { bearer } from "../requests.ts";

const CONSENT = "api/heartwire/v1/authorizations";
const DEVICE_CONSENT = "api/heartwire/v1/device_authorizations";

/**
 * Answers an authorization request as the page does with which the test user looks at it, and goes where it leads.
 *
 * @param token a page's
 */
export async function answerRequest(details: HookDetails, token: string): Promise<void> {
  const { CONFORMANCE_BASE: base = "", CONFORMANCE_URL: address = "", CONFORMANCE_STEP: step } = details;
  const { pathname, searchParams, search } = new URL(address);
  const allow = step === "allow";
  if (pathname.endsWith("/device_authorization_consent")) {
    await send(base, DEVICE_CONSENT, token, { user_code: searchParams.get("user_code"), allow });
    return;
  }
  const { redirect_to: leadsTo } = await send(base, CONSENT, token, { query: search, allow });
  await follow(String(leadsTo));
}

async function send(
  base: string,
  path: string,
  token: string,
  body: object,
): Promise<Readonly<Record<string, unknown>>> {
  const address = new URL(path, base.endsWith("/") ? base : `${base}/`);
  const response = await fetch(address, {
    method: "POST",
    headers: { ...bearer(token), "content-type": "application/json" },
    body: JSON.stringify(body),
    // The certificate of a test is of an authority of its own.
    tls: { rejectUnauthorized: false },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST /${path} answered ${response.status}: ${text}`);
  return text === "" ? {} : JSON.parse(text);
}

/** Goes to an address of the kit as a browser does, whose page hands over the fragment. */
async function follow(address: string): Promise<void> {
  const url = new URL(address);
  const fragment = url.hash.slice(1);
  url.hash = "";
  await fetch(url);
  if (fragment !== "") await fetch(url, { method: "POST", body: fragment });
}
