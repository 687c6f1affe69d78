import type { EpochMs } from "../../src/domain/reading.ts";
import type { Profile } from "../../src/storage/directory.ts";
import type { TestServer } from "./server.ts";

/** Somebody who is signed in: what a page of ours knows of them. */
export interface SignedInPerson {
  readonly person: string;
  readonly sessionId: string;
  readonly email: string;
  readonly profile: Profile;
  /** The page's ten-minute token. */
  readonly token: string;
}

export interface SignInOptions {
  /** The name of the profile that is theirs; it is made where there is none. */
  readonly user?: string;
  readonly email?: string;
  /** When they showed who they are; now where it is left out. */
  readonly signedInAt?: number;
}

/** Makes an account for a user and signs it in, without the ceremony: rows of the tables that better-auth works on. */
export async function signIn(
  { server }: Pick<TestServer, "server">,
  {
    user = crypto.randomUUID(),
    email = `${crypto.randomUUID()}@example.org`,
    signedInAt,
  }: SignInOptions = {},
): Promise<SignedInPerson> {
  const { people } = server.storage.directory;
  const now = Date.now() as EpochMs;
  const [person, sessionId] = [crypto.randomUUID(), crypto.randomUUID()];
  const [made, over] = [new Date(now).toISOString(), new Date(now + 86_400_000).toISOString()];
  await people.database.db
    .insertInto("person")
    .values({ id: person, name: user, email, email_verified: 0, created_at: made, updated_at: made })
    .execute();
  await people.database.db
    .insertInto("sign_in_session")
    .values({
      id: sessionId,
      token: crypto.randomUUID(),
      person_id: person,
      expires_at: over,
      created_at: made,
      updated_at: made,
    })
    .execute();
  const named = await server.storage.directory.findProfile(user);
  if (named !== undefined) await people.adopt(person, named.id);
  const profile = await people.profileOf({ id: person, name: user, email }, now);
  const { token } = server.context.sessionTokens.issue(
    {
      sessionId,
      person,
      profile,
      signedInAt: (signedInAt ?? now) as EpochMs,
      expiresAt: (now + 86_400_000) as EpochMs,
    },
    now,
  );
  return { person, sessionId, email, profile, token };
}

/** Signs the same person in in another browser. @param columns of its row that are not the usual ones */
export async function signInAgain(
  { server }: Pick<TestServer, "server">,
  { person, profile }: Pick<SignedInPerson, "person" | "profile">,
  columns: Readonly<Record<string, string>> = {},
): Promise<Pick<SignedInPerson, "sessionId" | "token">> {
  const now = Date.now() as EpochMs;
  const sessionId = crypto.randomUUID();
  const expiresAt = (now + 86_400_000) as EpochMs;
  const made = new Date(now).toISOString();
  await server.storage.directory.people.database.db
    .insertInto("sign_in_session")
    .values({
      id: sessionId,
      token: crypto.randomUUID(),
      person_id: person,
      expires_at: new Date(expiresAt).toISOString(),
      created_at: made,
      updated_at: made,
      ...columns,
    })
    .execute();
  const signedIn = { sessionId, person, profile, signedInAt: now, expiresAt };
  return { sessionId, token: server.context.sessionTokens.issue(signedIn, now).token };
}
