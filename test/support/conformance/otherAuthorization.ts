import type { Answer } from "../../../src/conformance/client/answer.ts";
import { listChecks } from "../../../src/conformance/index.ts";
import { OAUTH_FAULTS } from "./faults/oauth/index.ts";
import { formOf, isAuthorize, isDevice, isToken } from "./faults/oauth/requests.ts";
import { changed, type Fault, made, type Passed } from "./mutatingProxy.ts";

/** The checks of OAuth in which Heartwire decided. */
export const OURS = listChecks("oauth-*").flatMap(({ id, isOurs }) => (isOurs ? [id] : []));

/** An authorization server that decided otherwise wherever the wire text is silent. */
export function otherAuthorization(
  given: Parameters<NonNullable<(typeof OAUTH_FAULTS)[number]["fault"]>>[0],
): Fault {
  const otherwise = OAUTH_FAULTS.filter(({ fails }) => fails.every((id) => OURS.includes(id))).flatMap(
    ({ fault }) => fault?.(given) ?? [],
  );
  return otherwise.reduce(behind, {
    answer: async (request, next) => otherAnswer(request, await next(request)),
  });
}

/** One fault behind another: the server has both. */
function behind(outer: Fault, inner: Fault): Fault {
  return {
    answer: (request, next) => {
      const asked = async (passed: Passed) => (await inner.answer?.(passed, next)) ?? (await next(passed));
      return outer.answer?.(request, asked);
    },
  };
}

/** What RFC 6749 and the wire text leave to the server. */
function otherAnswer(request: Passed, ours: Answer): Answer {
  // Somebody has to sign in before anything is looked at.
  if (isAuthorize(request)) return changed(ours, { status: 302, headers: { location: "/login" } });
  if (request.path.startsWith("/.well-known/")) return made(404, "{}");
  if (isDevice(request) && ours.status === 401) return made(400, '{"error":"invalid_request"}');
  if (!isToken(request)) return ours;
  const form = formOf(request);
  if (request.headers.get("content-type") === "application/json") return changed(ours, { status: 415 });
  const isIncomplete = !form.has("redirect_uri") || !form.has("code_verifier");
  if (form.has("code") && isIncomplete && ours.text.includes("invalid_grant") && !form.has("client_secret")) {
    return changed(ours, { body: ours.text.replace("invalid_grant", "invalid_request") });
  }
  // RFC 6749 section 5.2: 401 is a must only for who used the header.
  return ours.status === 401 && !request.headers.has("authorization") ? changed(ours, { status: 400 }) : ours;
}
