import {
  LONG_TOKEN_SECONDS,
  REFRESH_TOKEN_SECONDS,
  SHORT_TOKEN_SECONDS,
} from "../../domain/oauthLifetimes.ts";
import type { EpochMs } from "../../domain/reading.ts";
import type { Scope } from "../../domain/scopes.ts";
import type { GrantKind, NewTokenPair } from "../../storage/grants.ts";
import { hashToken, makeToken } from "../tokens.ts";

/** What an app is answered (RFC 6749 section 5.1), in the order in which Pulsoid writes it. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly expires_in: number;
  readonly token_type: "bearer";
  /** Only where the app asked for others: apps made for Pulsoid do not expect it. */
  readonly scope?: string;
}

/** New tokens: as they are given out, and as they are kept. */
export interface IssuedTokens {
  readonly answer: TokenAnswer;
  readonly kept: NewTokenPair;
}

export function lifetimeSeconds(kind: GrantKind): number {
  return kind === "implicit" || kind === "device" ? LONG_TOKEN_SECONDS : SHORT_TOKEN_SECONDS;
}

/** Makes the tokens of a grant: an access token, and a refresh token where the grant came of a code. Nothing is kept yet. */
export function makeTokens(
  kind: GrantKind,
  scopes: readonly Scope[],
  scopesDiffer: boolean,
  now: EpochMs,
): IssuedTokens {
  const access = makeToken();
  const expiresIn = lifetimeSeconds(kind);
  const refresh = kind === "code" ? makeToken() : undefined;
  return {
    answer: {
      access_token: access,
      ...(refresh === undefined ? {} : { refresh_token: refresh }),
      expires_in: expiresIn,
      token_type: "bearer",
      ...(scopesDiffer ? { scope: scopes.join(" ") } : {}),
    },
    kept: {
      accessHash: hashToken(access),
      accessExpiresAt: (now + expiresIn * 1000) as EpochMs,
      ...(refresh === undefined
        ? {}
        : {
            refresh: {
              hash: hashToken(refresh),
              expiresAt: (now + REFRESH_TOKEN_SECONDS * 1000) as EpochMs,
            },
          }),
    },
  };
}
