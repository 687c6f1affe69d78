import type { z } from "zod";
import { type Parameters, takeParameters } from "../../auth/oauth/parameters.ts";
import { OAuthRefused } from "../../auth/oauth/refusal.ts";
import { readBytes } from "../body.ts";
import type { Call, Context, Endpoint } from "../context.ts";
import { toApiError } from "../failures.ts";
import { isOpenToOtherOrigins, pathOf } from "../otherOrigins.ts";
import { json } from "../responses.ts";
import { renderRefusal } from "./oauthErrors.ts";

const UTF_8 = new TextDecoder("utf-8", { fatal: true });
const FORM = /^application\/x-www-form-urlencoded *(?:;|$)/i;

/** An endpoint that is answered in the words of RFC 6749 when a step refuses, or fails. */
export function oauthEndpoint(answer: (call: Call) => Promise<Response>): Endpoint {
  return async (call) => {
    try {
      return await answer(call);
    } catch (thrown) {
      const refusal = thrown instanceof OAuthRefused ? thrown : refusalOf(thrown, call.context);
      return renderRefusal(refusal, call.request, {
        otherOrigins: isOpenToOtherOrigins(pathOf(call.request)),
      });
    }
  };
}

/** An app reads `error` here, and nothing else. Why it failed is for the operator. @throws ApiError that is no fault of ours */
function refusalOf(thrown: unknown, { faults }: Pick<Context, "faults">): OAuthRefused {
  const error = toApiError(thrown);
  if (error.row.status < 500) throw error;
  faults.report(error);
  return new OAuthRefused("failed");
}

/** An answer that nobody keeps (RFC 6749 section 5.1). */
export function oauthJson(call: Call, body: unknown): Response {
  const otherOrigins = isOpenToOtherOrigins(pathOf(call.request));
  return json(body, { otherOrigins, headers: { pragma: "no-cache" } });
}

type Names<Form extends z.ZodObject> = keyof Form["shape"] & string;

/**
 * Reads the form of a request. Its parameters stand in the body alone: a secret or a token in an address ends up in logs
 * (RFC 6749 section 2.3.1, RFC 9700 section 4.3.2).
 *
 * @throws OAuthRefused malformed; ApiError bodyTooLarge
 */
export async function readForm<Form extends z.ZodObject>(
  { request, context }: Call,
  form: Form,
): Promise<Parameters<Names<Form>>> {
  const names = Object.keys(form.shape) as Names<Form>[];
  const inQuery = URL.parse(request.url)?.searchParams;
  const misplaced = names.find((name) => inQuery?.has(name));
  if (misplaced !== undefined) {
    throw new OAuthRefused("malformed", `${misplaced}: expected in the body, not in the address`);
  }
  const bytes = await readBytes(request, context.limits.bodyBytesMax);
  if (!FORM.test(request.headers.get("content-type") ?? "")) {
    throw new OAuthRefused("malformed", "body: expected application/x-www-form-urlencoded");
  }
  return takeParameters(new URLSearchParams(decode(bytes)), names);
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF_8.decode(bytes);
  } catch {
    throw new OAuthRefused("malformed", "body: expected UTF-8");
  }
}
