import { passkey } from "@better-auth/passkey";
import { type BetterAuthOptions, betterAuth } from "better-auth";
import { APIError, getOAuthState } from "better-auth/api";
import { genericOAuth } from "better-auth/plugins/generic-oauth";
import type { AccountDatabase } from "../../storage/people.ts";
import { OUTSIDE_PROVIDER, type OutsideProvider } from "./outsideProvider.ts";
import { PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN, type Passwords } from "./passwords.ts";
import { ACCOUNT, PASSKEY, SESSION, USER, VERIFICATION } from "./schema.ts";
import { CODE_HASH_STATE, type SignUpPermit } from "./signUpPermit.ts";

export const SESSION_SECONDS = 30 * 86_400;
/** A session that is used is lengthened, once a day at most. */
const SESSION_UPDATE_SECONDS = 86_400;

/** The header by which the sender's address reaches better-auth. It is ours alone: no request's headers are handed on. */
export const ADDRESS_HEADER = "x-heartwire-address";

export interface BetterAuthParts {
  /** Where pages of ours are: scheme, host and port. */
  readonly origin: string;
  readonly database: AccountDatabase;
  readonly secret: string;
  readonly passwords: Passwords;
  /** What allows the sign-up that goes on; undefined where none does. */
  readonly permit: () => SignUpPermit | undefined;
  /** Called when an outside sign-in was added to a person who was there before. */
  readonly outsideLinked: (person: string) => Promise<void>;
  readonly outside?: OutsideProvider;
  /** Told the kind of what went wrong within, never with whom. */
  readonly report: (kind: string) => void;
}

export type BetterAuth = ReturnType<typeof makeBetterAuth>;

/** better-auth for one origin of ours. It is called by its functions alone: none of its routes is mounted. */
export function makeBetterAuth(parts: BetterAuthParts) {
  const { origin, outside } = parts;
  forgetItsVariables();
  return betterAuth({
    ...storedAs(parts),
    appName: "Heartwire",
    baseURL: origin,
    // As a list and plain too: what is left out is taken from variables of the environment that are not ours.
    secrets: [{ version: 1, value: parts.secret }],
    secret: parts.secret,
    plugins: [
      passkeys(origin),
      ...(outside === undefined ? [] : [genericOAuth({ config: [provider(origin, outside)] })]),
    ],
    emailAndPassword: {
      enabled: true,
      // Signing in after it is a step of its own, and a taken address is answered like a free one.
      autoSignIn: false,
      minPasswordLength: PASSWORD_CHARACTERS_MIN,
      maxPasswordLength: PASSWORD_CHARACTERS_MAX,
      password: {
        hash: (password) => parts.passwords.hash(password),
        verify: (given) => parts.passwords.verify(given),
      },
    },
    databaseHooks: hooks(parts),
    advanced: {
      ...cookies(origin),
      // Whole, as people read it on their pages: better-auth would cut one of IPv6 to its network.
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER], ipv6Subnet: 128 },
      // Said, because otherwise it depends on NODE_ENV and TEST.
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    onAPIError: { errorURL: FAILED_PATH },
    telemetry: { enabled: false },
    // Attempts are counted by ours, which knows senders and accounts (attempts.ts).
    rateLimit: { enabled: false },
    logger: {
      level: "error",
      // Its words may name a person; the kind of a fault does not.
      log: (_level, _message, ...more) => {
        const fault = more.find((one) => one instanceof Error) as (Error & { code?: unknown }) | undefined;
        if (fault !== undefined) parts.report(typeof fault.code === "string" ? fault.code : fault.name);
      },
    },
  });
}

/**
 * better-auth goes by variables of the environment too, over what its options say: BETTER_AUTH_TELEMETRY switches telemetry on that
 * is off here, BETTER_AUTH_TRUSTED_ORIGINS adds origins. A Heartwire is set up by HEARTWIRE_ alone.
 */
function forgetItsVariables(): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("BETTER_AUTH_")) delete process.env[name];
  }
}

/** Where better-auth sends a browser whose outside sign-in failed; it never gets there (outside.ts). */
export const FAILED_PATH = "/session/outside/failed";

/** The part of the options that says what is kept where; the tables are compared with it by a test. */
export function storedAs({ database }: Pick<BetterAuthParts, "database">) {
  return {
    database: { db: database.db, type: database.type },
    user: USER,
    session: { ...SESSION, expiresIn: SESSION_SECONDS, updateAge: SESSION_UPDATE_SECONDS, freshAge: 0 },
    account: {
      ...ACCOUNT,
      // In a cookie, encrypted: nothing is stored for strangers.
      storeStateStrategy: "cookie",
      updateAccountOnSignIn: false,
      accountLinking: {
        enabled: true,
        // That two addresses are the same says nothing of who is behind them: only who is signed in links.
        disableImplicitLinking: true,
        allowDifferentEmails: true,
        trustedProviders: [OUTSIDE_PROVIDER],
      },
    },
    verification: VERIFICATION,
  } as const satisfies BetterAuthOptions;
}

/** `__Host-` cookies over https: no other host of the domain, and no plain http, can set or read them (RFC 6265bis 4.1.3.2). */
function cookies(origin: string) {
  const isSecure = origin.startsWith("https:");
  return {
    // Its own prefix would be `__Secure-`.
    useSecureCookies: false,
    cookiePrefix: isSecure ? "__Host-heartwire" : "heartwire",
    defaultCookieAttributes: { secure: isSecure, httpOnly: true, sameSite: "lax", path: "/" },
  } as const;
}

function passkeys(origin: string) {
  return passkey({
    rpID: new URL(origin).hostname,
    rpName: "Heartwire",
    origin,
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    registration: {
      afterVerification: ({ verification }) => {
        requireVerified(verification.registrationInfo?.userVerified);
      },
    },
    authentication: {
      afterVerification: ({ verification }) => {
        requireVerified(verification.authenticationInfo.userVerified);
      },
    },
    advanced: { webAuthnChallengeCookie: "passkey_challenge" },
    schema: PASSKEY,
  });
}

/** A passkey stands in for the password: whoever finds somebody's key must not get in by touching it. */
function requireVerified(isVerified: boolean | undefined): void {
  if (isVerified !== true) throw new APIError("UNAUTHORIZED", { code: "USER_NOT_VERIFIED" });
}

function provider(origin: string, { issuer, clientId, clientSecret }: OutsideProvider) {
  return {
    providerId: OUTSIDE_PROVIDER,
    discoveryUrl: `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    clientId,
    ...(clientSecret === undefined ? {} : { clientSecret, authentication: "basic" as const }),
    redirectURI: `${origin}/session/outside/callback`,
    scopes: ["openid", "email", "profile"],
    pkce: true,
    requireIdTokenVerification: true,
    mapProfileToUser: (profile: Readonly<Record<string, unknown>>) => ({ name: nameOf(profile) }),
  };
}

const NAME_CHARACTERS_MAX = 100;

/** What ends a line, moves a cursor or turns the direction of writing: people choose their names at a provider themselves. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Some providers know no name. What stands before the @ is what people call themselves. */
function nameOf({ name, preferred_username, email }: Readonly<Record<string, unknown>>): string {
  const known = [name, preferred_username, String(email ?? "").split("@")[0]];
  const seen = known.map((text) => (typeof text === "string" ? text.replace(UNSEEN, "").trim() : ""));
  const first = seen.find((text) => text !== "") ?? "somebody";
  return [...first].slice(0, NAME_CHARACTERS_MAX).join("").trim();
}

/** Tokens of an outside provider open what is none of our business: they are not kept. */
const NO_TOKENS = {
  accessToken: null,
  refreshToken: null,
  idToken: null,
  accessTokenExpiresAt: null,
  refreshTokenExpiresAt: null,
};

function hooks({ permit, outsideLinked }: BetterAuthParts): BetterAuthOptions["databaseHooks"] {
  return {
    user: {
      create: {
        before: async () => {
          const given = permit();
          if (given === undefined) return false;
          await given.use(await carriedCodeHash());
          return undefined;
        },
        after: async ({ id }) => permit()?.made(id),
      },
    },
    account: {
      create: {
        before: async () => ({ data: NO_TOKENS }),
        after: async ({ providerId, userId }) => {
          const isNew = permit()?.person === userId;
          if (providerId === OUTSIDE_PROVIDER && !isNew) await outsideLinked(userId);
        },
      },
      update: { before: async () => ({ data: NO_TOKENS }) },
    },
  };
}

/** What waited in the state while the person was at the outside provider; there is none in a sign-up by password. */
async function carriedCodeHash(): Promise<string | undefined> {
  const state = (await getOAuthState().catch(() => null)) as Readonly<Record<string, unknown>> | null;
  const codeHash = state?.[CODE_HASH_STATE];
  return typeof codeHash === "string" ? codeHash : undefined;
}
