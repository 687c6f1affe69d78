import type { EpochMs } from "../../domain/reading.ts";
import type { Limits } from "../../settings/limits.ts";
import type { Directory } from "../../storage/directory.ts";
import type { GrantId } from "../../storage/grants.ts";
import type { TokenVerifier } from "../tokens.ts";
import type { AppRequests } from "./appRequests.ts";

/** What the steps of the authorization server work with. */
export interface OAuthParts {
  readonly directory: Directory;
  readonly clock: () => EpochMs;
  readonly limits: Limits;
  readonly verifier: TokenVerifier;
  readonly appRequests: AppRequests;
  /** Hears of rights that may have ended: sockets close then. */
  readonly control: {
    announce(change: { readonly rights?: readonly ("token" | "link")[] }): void;
  };
}

/** Makes tokens that ended open nothing from now on, and closes what they had opened within a second. */
export function tokensEnded({ verifier, control }: Pick<OAuthParts, "verifier" | "control">): void {
  verifier.forget();
  control.announce({ rights: ["token", "link"] });
}

/** The same where all of them are of one grant. */
export function grantEnded(
  { verifier, control }: Pick<OAuthParts, "verifier" | "control">,
  grant: GrantId,
): void {
  verifier.forgetGrant(grant);
  control.announce({ rights: ["token", "link"] });
}
