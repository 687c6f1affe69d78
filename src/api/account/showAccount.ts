import { isIPv6 } from "node:net";
import type { z } from "zod";
import type { Call, Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { account } from "./schemas.ts";
import { type SessionUser, sessionUser } from "./sessionUser.ts";

export const showAccount: Operation = {
  answer: show,
  id: "showAccount",
  group: "Account",
  summary: "Who is signed in, what is known of them, by what they sign in, and where",
  token: "session",
  success: { status: 200, content: { "application/json": account } },
};

/** `GET /api/heartwire/v1/account` */
async function show(call: Call): Promise<Response> {
  return json(await describeAccount(call.context, await sessionUser(call)));
}

/** @throws ApiError tokenUnknown when the account was erased meanwhile */
export async function describeAccount(
  { directory, settings }: Context,
  { profile, session, now }: SessionUser,
): Promise<z.output<typeof account>> {
  const [person, details, ways, sessions] = await Promise.all([
    directory.people.findByProfile(profile.id),
    directory.findDetails(profile.id),
    directory.signIns.waysOf(session.person),
    directory.signIns.listSessions(session.person, now),
  ]);
  if (person === undefined) throw new ApiError("tokenUnknown");
  return {
    person: { name: person.name, email: person.email },
    profile: {
      profile_id: profile.publicId,
      name: profile.name,
      channel: details.channel ?? null,
      username: details.username ?? null,
      birth_date: details.birthDate ?? null,
      weight_kilograms: details.weightKilograms ?? null,
      sex: details.sex ?? null,
    },
    sign_in_methods: {
      password: ways.password,
      outside: ways.outside ? { name: settings.oidcName } : null,
      passkeys: ways.passkeys.map(({ id, name = null, createdAt = null }) => ({
        id,
        name,
        created_at: createdAt,
      })),
    },
    sessions: sessions.map(({ id, createdAt, expiresAt, address = null, userAgent = null }) => ({
      id,
      current: id === session.id,
      created_at: createdAt,
      expires_at: expiresAt,
      address: address === null ? null : shortened(address),
      user_agent: userAgent,
    })),
  };
}

/** better-auth keeps an address of IPv6 with all of its zeros; people write and read it without (RFC 5952). */
function shortened(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
