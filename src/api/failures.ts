import { AccountRefused } from "../auth/accounts/accountRefused.ts";
import { type RefusalReason, TokenRefused } from "../auth/bearer.ts";
import { ApiError, type ApiErrorName } from "./errors.ts";
import { toRefusalError } from "./session/refusals.ts";

const REFUSALS: Readonly<Record<RefusalReason, ApiErrorName>> = {
  missing: "tokenMissing",
  malformed: "tokenMalformed",
  scheme: "tokenSchemeUnknown",
  conflicting: "tokensConflict",
  unknown: "tokenUnknown",
  expired: "tokenExpired",
  scope: "scopeMissing",
  unverifiable: "tokenUnverifiable",
};

/** Turns whatever an endpoint threw into a row of the error table; what is not foreseen is 6001. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof TokenRefused)
    return new ApiError(REFUSALS[thrown.reason], { scope: thrown.scope, cause: thrown.cause });
  if (thrown instanceof AccountRefused) return toRefusalError(thrown);
  // The sender went away in the middle of its body: nobody hears the answer, and it is no fault of ours.
  if (thrown instanceof DOMException && thrown.name === "AbortError") return new ApiError("malformedRequest");
  return new ApiError("unexpected", { cause: thrown });
}
