import type { Need } from "./check.ts";
import type { Kit } from "./kit.ts";
import type { Hooks } from "./options.ts";

/** A token of the test user that opens something. */
export function holds(...scopes: readonly string[]): Need {
  return {
    words: `a token of the test user that holds ${scopes.join(" and ")} (--token)`,
    isMet: ({ tokens }) => tokens.find(scopes) !== undefined,
  };
}

/** A token of the test user that opens something, and something else not. */
export function holdsWithout(scopes: readonly string[], without: string): Need {
  return {
    words: `a token of the test user that holds ${scopes.join(" and ")} and not ${without} (--token)`,
    isMet: ({ tokens }) => tokens.find(scopes, [without]) !== undefined,
  };
}

/** Any token without a scope. */
export function lacks(scope: string): Need {
  return {
    words: `a token that lacks ${scope} (--token)`,
    isMet: ({ tokens }) => tokens.findLacking(scope) !== undefined,
  };
}

/** A token of a second user. */
export function otherHolds(...scopes: readonly string[]): Need {
  return {
    words: `a token of another user that holds ${scopes.join(" and ")} (--token)`,
    isMet: ({ tokens }) => tokens.findOther(scopes) !== undefined,
  };
}

const given = (words: string, isMet: (kit: Kit) => boolean): Need => ({ words, isMet });

export const EXPIRED_TOKEN = given(
  "a token that has expired (--expired-token)",
  ({ options }) => options.expiredToken !== undefined,
);
export const REVOCABLE_TOKEN = given(
  "a token to revoke that holds data:heart_rate:read (--revocable-token)",
  ({ tokens }) => tokens.revocable?.scopes.includes("data:heart_rate:read") ?? false,
);
export const EMPTY_TOKEN = given(
  "a token of a user who never sent a reading (--empty-token)",
  ({ tokens }) => tokens.empty !== undefined,
);
export const SERVER_TOKEN = given(
  "the token of a server (--server-token)",
  ({ options }) => options.serverToken !== undefined,
);
export const EXPIRING_TOKEN = given(
  "a token with data:heart_rate:read that expires within two minutes (--expiring-token)",
  ({ tokens }) => (tokens.expiring?.expiresInSeconds ?? Number.POSITIVE_INFINITY) <= 120,
);
export const ROOM = given(
  "a room of which the test user is a member (--room)",
  ({ options }) => options.room !== undefined,
);
export const OTHER_ROOM = given(
  "a room of which the test user is no member (--other-room)",
  ({ options }) => options.otherRoom !== undefined,
);

export const CLIENT = given(
  "a registered client and its secret (--client-id)",
  ({ options }) => options.clientId !== undefined,
);
export const PUBLIC_CLIENT = given(
  "a registered client without a secret (--public-client-id)",
  ({ options }) => options.publicClientId !== undefined,
);
export const ANY_CLIENT = given(
  "a registered client (--client-id or --public-client-id)",
  ({ options }) => options.clientId !== undefined || options.publicClientId !== undefined,
);

/** The empty user's token with a scope. */
export function emptyHolds(scope: string): Need {
  return {
    words: `a token with ${scope} of a user who never sent a reading (--empty-token)`,
    isMet: ({ tokens }) => tokens.empty?.scopes.includes(scope) ?? false,
  };
}

export const HOOK_FLAGS: Readonly<Record<keyof Hooks, string>> = {
  revoke: "--on-revoke",
  restart: "--on-restart",
  storeFailure: "--on-store-failure",
  tokenStoreFailure: "--on-token-store-failure",
  roomChange: "--on-room-change",
  authorize: "--on-authorize",
};

/** The commands of a check, of which it has two at most, have a minute each. */
const HOOKS_MS = 120_000;

export function hook(name: keyof Hooks): Need {
  return {
    takesMs: HOOKS_MS,
    words: `the operator's hand (${HOOK_FLAGS[name]})`,
    isMet: ({ options }) => options.hooks?.[name] !== undefined,
  };
}
