import { API_ERRORS, type ApiErrorName } from "../errors.ts";
import { bearerUse, type Operation } from "../operation.ts";
import type { Route } from "../routes.ts";

const TOKEN_ERRORS: readonly ApiErrorName[] = [
  "tokenMissing",
  "tokenMalformed",
  "tokenSchemeUnknown",
  "tokenUnknown",
  "tokenExpired",
  "tokenUnverifiable",
];

/** Every error with which an operation can answer: its own, and what its token and its route bring with them. */
export function errorsOf(route: Route, { token, errors = [] }: Operation): readonly ApiErrorName[] {
  const use = bearerUse(token);
  const isForSome = token === "session" || (use?.scopes.length ?? 0) > 0;
  return [
    ...errors,
    ...(use === undefined ? [] : TOKEN_ERRORS),
    ...(isForSome ? (["scopeMissing"] as const) : []),
    ...(use?.query ? (["tokensConflict"] as const) : []),
    ...(route.anyHost ? [] : (["misdirected"] as const)),
    "unexpected",
  ];
}

/** Errors by the status of their answer, lowest first. */
export function byStatus(names: readonly ApiErrorName[]): ReadonlyMap<number, readonly ApiErrorName[]> {
  const sorted = [...new Set(names)].sort((a, b) => API_ERRORS[a].status - API_ERRORS[b].status);
  return Map.groupBy(sorted, (name) => API_ERRORS[name].status);
}
