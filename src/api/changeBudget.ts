import type { Profile } from "../storage/directory.ts";
import type { Context } from "./context.ts";
import { ApiError } from "./errors.ts";

/**
 * Counts something that a person makes or allows. Nothing is ever taken out of a trail but by erasing, so that somebody who does
 * nothing else could fill the disk. What takes something away is not counted: a thief in somebody's page must not keep them from
 * signing out everywhere.
 *
 * @throws ApiError tooManyAttempts past accountChangesPerMinuteMax
 */
export function spendChange(
  { appRequests, clock }: Pick<Context, "appRequests" | "clock">,
  { profile }: { readonly profile: Profile },
): void {
  const wait = appRequests.changeBudget.spend(String(profile.id), clock());
  if (wait === undefined) return;
  throw new ApiError("tooManyAttempts", {
    detail: "that was much within a minute; try again later",
    headers: { "retry-after": String(wait) },
  });
}
