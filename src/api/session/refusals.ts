import type { AccountRefusal, AccountRefused } from "../../auth/accounts/accountRefused.ts";
import { ApiError, type ApiErrorName } from "../errors.ts";

interface Said {
  readonly name: ApiErrorName;
  /** In place of the row's own words. */
  readonly detail?: string;
}

/** What is said of each refusal. "wrong credentials" has the row's own words, the same whatever is wrong. */
const SAID: Readonly<Record<AccountRefusal, Said>> = {
  "signed out": { name: "signedOut" },
  "wrong credentials": { name: "signInRefused" },
  "wrong password": { name: "signInRefused", detail: "the current password is wrong" },
  "unknown passkey": {
    name: "signInRefused",
    detail: "this passkey is not known here, or its owner was not asked to unlock it",
  },
  "stale sign-in": { name: "staleSignIn" },
  "sign-up closed": { name: "signUpRefused", detail: "nobody can make an account here" },
  "invitation needed": {
    name: "signUpRefused",
    detail: "an account is made by invitation here: ask the operator for a link",
  },
  "link over": { name: "notFound", detail: "this link is unknown, was used already, or is over" },
  "sign-up link over": {
    name: "signUpRefused",
    detail: "code: this link is unknown, was used already, or is over",
  },
  "address taken": {
    name: "conflict",
    detail: "email: there is an account with this address; sign in, or use another address",
  },
  "too many attempts": { name: "tooManyAttempts" },
  "too many waiting": { name: "busy", detail: "too many people sign in at this moment; try again later" },
  "too many passkeys": {
    name: "conflict",
    detail: "this account has as many passkeys as it may; remove one first",
  },
  "no ceremony": {
    name: "malformedRequest",
    detail: "response: expected the answer to a question of the last five minutes, from this browser",
  },
  "no outside provider": { name: "notFound", detail: "this server has no outside provider" },
  "outside provider silent": {
    name: "busy",
    detail: "the outside provider does not answer as it should; try again later, or sign in another way",
  },
};

/** Turns a refusal into a row of the error table. */
export function toRefusalError({ reason, waitSeconds, cause }: AccountRefused): ApiError {
  const { name, detail } = SAID[reason];
  return new ApiError(name, {
    ...(detail === undefined ? {} : { detail }),
    ...(waitSeconds === undefined ? {} : { headers: { "retry-after": String(waitSeconds) } }),
    cause,
  });
}

/** With what every POST of a page of ours may be refused before it is looked at. */
export const PAGE_ERRORS = ["insecureOrigin", "otherOrigin"] as const satisfies readonly ApiErrorName[];
