import { z } from "zod";
import { SEXES } from "../../domain/body.ts";
import { SCOPES, type Scope } from "../../domain/scopes.ts";
import type { Client } from "../../storage/clients.ts";

/** What a name of a token or an app may have. */
const NAME_CHARACTERS_MAX = 100;
const NAME = `expected one line of 1 to ${NAME_CHARACTERS_MAX} visible characters`;

/** Characters that are not seen but end a line or turn the direction of writing. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

/** A line of text that people read later, on a page or on a terminal. */
export const name = z
  .string({ error: NAME })
  .trim()
  .refine((text) => text !== "" && [...text].length <= NAME_CHARACTERS_MAX && !UNSEEN.test(text), {
    error: NAME,
  })
  .meta({ description: `1 to ${NAME_CHARACTERS_MAX} characters` });

/** What somebody may give away: only a server makes profiles. */
export const GRANTABLE_SCOPES = SCOPES.filter(
  (scope): scope is Exclude<Scope, "profile:create"> => scope !== "profile:create",
);

export const time = z.int().min(0).describe("Unix time in milliseconds");
export const sometime = time.nullable();
const count = z.int().min(0);

export const scopes = z.array(z.enum(SCOPES));

/** How often something was used; at most ten seconds old. */
export const use = {
  last_read_at: sometime,
  last_written_at: sometime,
  read_count: count,
  write_count: count,
};

export const account = z
  .object({
    person: z.object({ name: z.string(), email: z.string() }),
    profile: z.object({
      profile_id: z.uuid(),
      name: z.string(),
      channel: z.string().nullable(),
      username: z.string().nullable(),
      birth_date: z.string().nullable(),
      weight_kilograms: z.number().nullable(),
      sex: z.enum(SEXES).nullable(),
    }),
    sign_in_methods: z.object({
      password: z.boolean(),
      outside: z.object({ name: z.string() }).nullable(),
      passkeys: z.array(z.object({ id: z.string(), name: z.string().nullable(), created_at: sometime })),
    }),
    sessions: z.array(
      z.object({
        id: z.string(),
        current: z.boolean().describe("Whether it is the one that asks"),
        created_at: time,
        expires_at: time,
        address: z.string().nullable(),
        user_agent: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "Account" });

export const client = z
  .object({
    client_id: z.uuid(),
    name: z.string(),
    confidential: z.boolean().describe("Whether it has a secret"),
    redirect_uris: z.array(z.string()),
    implicit: z.boolean().describe("Whether tokens may be given out without a code"),
    created_at: time,
  })
  .meta({ id: "Client" });

export function clientFor(found: Client): z.output<typeof client> {
  return {
    client_id: found.publicId,
    name: found.name,
    confidential: found.secretHash !== undefined,
    redirect_uris: [...found.redirectUris],
    implicit: found.implicit,
    created_at: found.createdAt,
  };
}

export const clientPath = z.object({ clientId: z.string().describe("The `client_id` of an app") });
