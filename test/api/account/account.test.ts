import { describe, expect, test } from "bun:test";
import { ACCOUNT, askAccount, kindsOf, readAccount } from "../../support/account.ts";
import { expectError, TOKEN_ERRORS } from "../../support/answers.ts";
import { Listener } from "../../support/listener.ts";
import { bearer } from "../../support/requests.ts";
import { sharedServer } from "../../support/sharedServer.ts";
import { type SignedInPerson, signIn, signInAgain } from "../../support/signedIn.ts";

const shared = sharedServer({ environment: { HEARTWIRE_OIDC_NAME: "Example ID" } });

interface AccountAnswer {
  readonly person: object;
  readonly profile: Readonly<Record<string, unknown>>;
  readonly sign_in_methods: {
    readonly password: boolean;
    readonly outside: object | null;
    readonly passkeys: readonly { readonly id: string }[];
  };
  readonly sessions: readonly (Readonly<Record<string, unknown>> & { readonly id: string })[];
}

const show = (page: string) => readAccount<AccountAnswer>(shared(), page, "");
const tables = () => shared().server.storage.directory.people.database.db;
const ISO = "2026-01-02T03:04:05.000Z";

async function addMethod(
  { person }: SignedInPerson,
  provider: string,
  password: string | null,
): Promise<void> {
  const times = { created_at: ISO, updated_at: ISO };
  await tables()
    .insertInto("sign_in_method")
    .values({
      id: crypto.randomUUID(),
      account_id: crypto.randomUUID(),
      provider_id: provider,
      person_id: person,
      password,
      ...times,
    })
    .execute();
}

async function addPasskey({ person }: SignedInPerson, name: string): Promise<string> {
  const id = crypto.randomUUID();
  await tables()
    .insertInto("passkey")
    .values({
      id,
      name,
      public_key: "key",
      person_id: person,
      credential_id: crypto.randomUUID(),
      counter: 0,
      device_type: "singleDevice",
      backed_up: 0,
      created_at: ISO,
    })
    .execute();
  return id;
}

/** The same person, signed in in another browser too. */
const inAnotherBrowser = (person: SignedInPerson) =>
  signInAgain(shared(), person, {
    created_at: ISO,
    ip_address: "203.0.113.7",
    user_agent: "Browser/1.0",
  });

describe("the account", () => {
  test("says who is signed in, by what, and where", async () => {
    const anna = await signIn(shared(), { user: "Anna", email: "anna@example.org" });
    await addMethod(anna, "credential", "hash");
    await addMethod(anna, "outside", null);
    const passkey = await addPasskey(anna, "Laptop");
    const { sessionId } = await inAnotherBrowser(anna);
    const { sessions, ...account } = await show(anna.token);
    expect(account).toEqual({
      person: { name: "Anna", email: "anna@example.org" },
      profile: {
        profile_id: anna.profile.publicId,
        name: "Anna",
        channel: null,
        username: null,
        birth_date: null,
        weight_kilograms: null,
        sex: null,
      },
      sign_in_methods: {
        password: true,
        outside: { name: "Example ID" },
        passkeys: [{ id: passkey, name: "Laptop", created_at: Date.parse(ISO) }] as never,
      },
    });
    expect(sessions.map(({ id, current }) => ({ id, current }))).toEqual([
      { id: sessionId, current: false },
      { id: anna.sessionId, current: true },
    ]);
    expect(sessions[0]).toEqual({
      id: sessionId,
      current: false,
      created_at: Date.parse(ISO),
      expires_at: expect.any(Number),
      address: "203.0.113.7",
      user_agent: "Browser/1.0",
    });
  });

  test("takes details, each by itself, and null takes one away", async () => {
    const { token } = await signIn(shared());
    const put = (body: object) => readAccount<AccountAnswer>(shared(), token, "/details", "PUT", body);
    await put({ channel: "twitch.tv/anna", username: "anna", birth_date: "1990-05-31" });
    await put({ weight_kilograms: 68.5, sex: "female" });
    const { profile } = await put({ channel: null });
    expect(profile).toMatchObject({
      channel: null,
      username: "anna",
      birth_date: "1990-05-31",
      weight_kilograms: 68.5,
      sex: "female",
    });
    expect((await put({})).profile).toEqual(profile);
  });

  test("refuses details that make no sense, by the name of the field", async () => {
    const { token } = await signIn(shared());
    const wrong = [
      { channel: "" },
      { channel: "x".repeat(101) },
      { username: "a\u202eb" },
      { birth_date: "1990-02-30" },
      { birth_date: "1899-12-31" },
      { birth_date: "3000-01-01" },
      { weight_kilograms: 9.9 },
      { weight_kilograms: 500.1 },
      { weight_kilograms: "68" },
      { sex: "x" },
    ];
    for (const body of wrong) {
      const response = await askAccount(shared(), token, "PUT", "/details", body);
      const { error_message: message } = (await response.json()) as { error_message: string };
      const field = Object.keys(body)[0] as string;
      expect({ status: response.status, field: message.split(":")[0] }).toEqual({ status: 400, field });
    }
    for (const weight of [10, 500]) {
      const body = { weight_kilograms: weight, channel: "x".repeat(100) };
      expect((await askAccount(shared(), token, "PUT", "/details", body)).status).toBe(200);
    }
  });
});

describe("signing out", () => {
  test("in one browser ends its token at once and its sockets within a second, and no other", async () => {
    const anna = await signIn(shared());
    const other = await inAnotherBrowser(anna);
    using socket = await Listener.open(shared().origin, other.token);
    const askedAt = Date.now();
    const path = `/sessions/${other.sessionId}`;
    expect((await askAccount(shared(), anna.token, "DELETE", path)).status).toBe(204);
    await expectError(await askAccount(shared(), other.token, "GET", ""), TOKEN_ERRORS.unknown);
    const { code, at } = await socket.closed;
    expect({ code, soon: at - askedAt < 1_000 }).toEqual({ code: 1008, soon: true });
    expect((await show(anna.token)).sessions.map(({ id }) => id)).toEqual([anna.sessionId]);
    expect((await askAccount(shared(), anna.token, "DELETE", path)).status).toBe(404);
    expect(await kindsOf(shared(), anna.token)).toEqual(["signed_out"]);
  });

  test("everywhere ends every browser, this one too, and leaves tokens made by hand", async () => {
    const user = crypto.randomUUID();
    const anna = await signIn(shared(), { user });
    const byHand = await shared().token(["data:heart_rate:read"], { user });
    const other = await inAnotherBrowser(anna);
    using socket = await Listener.open(shared().origin, other.token);
    using staying = await Listener.open(shared().origin, byHand);
    expect((await askAccount(shared(), anna.token, "DELETE", "/sessions")).status).toBe(204);
    for (const token of [anna.token, other.token]) {
      await expectError(await askAccount(shared(), token, "GET", ""), TOKEN_ERRORS.unknown);
    }
    expect((await socket.closed).code).toBe(1008);
    expect(staying.isOpen).toBe(true);
    const rows = await tables()
      .selectFrom("sign_in_session")
      .selectAll()
      .where("person_id", "=", anna.person)
      .execute();
    expect(rows).toEqual([]);
  });

  test("is nobody else's to do", async () => {
    const [anna, ben] = [await signIn(shared()), await signIn(shared())];
    expect((await askAccount(shared(), ben.token, "DELETE", `/sessions/${anna.sessionId}`)).status).toBe(404);
    expect((await show(anna.token)).sessions).toHaveLength(1);
  });
});

describe("a way to sign in", () => {
  test("can be taken away as long as another one is left, and the last one cannot", async () => {
    const anna = await signIn(shared());
    const first = await addPasskey(anna, "Laptop");
    const second = await addPasskey(anna, "Phone");
    await addMethod(anna, "outside", null);
    const remove = async (path: string) => (await askAccount(shared(), anna.token, "DELETE", path)).status;
    expect(await remove(`/passkeys/${first}`)).toBe(204);
    expect(await remove(`/passkeys/${first}`)).toBe(404);
    expect(await remove("/outside")).toBe(204);
    expect(await remove("/outside")).toBe(404);
    expect(await remove(`/passkeys/${second}`)).toBe(409);
    expect((await show(anna.token)).sign_in_methods.passkeys.map(({ id }) => id)).toEqual([second]);
    await addMethod(anna, "credential", "hash");
    expect(await remove(`/passkeys/${second}`)).toBe(204);
    expect((await show(anna.token)).sign_in_methods).toEqual({ password: true, outside: null, passkeys: [] });
    const kinds = ["passkey_removed", "outside_sign_in_unlinked", "passkey_removed"];
    expect(await kindsOf(shared(), anna.token)).toEqual(kinds);
  });

  test("that is the only one cannot be taken away by two who ask at once either", async () => {
    const anna = await signIn(shared());
    const passkeys = [await addPasskey(anna, "Laptop"), await addPasskey(anna, "Phone")];
    const asked = passkeys.map((id) => askAccount(shared(), anna.token, "DELETE", `/passkeys/${id}`));
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
  });

  test("is nobody else's to take away", async () => {
    const [anna, ben] = [await signIn(shared()), await signIn(shared())];
    const passkey = await addPasskey(anna, "Laptop");
    await addPasskey(anna, "Phone");
    await addPasskey(ben, "Laptop");
    expect((await askAccount(shared(), ben.token, "DELETE", `/passkeys/${passkey}`)).status).toBe(404);
  });
});

test("what a page asks for is read by no page of another origin with a cookie: only the token opens it", async () => {
  const anna = await signIn(shared());
  const response = await fetch(`${shared().origin}${ACCOUNT}`, { headers: bearer(anna.token) });
  expect(response.headers.get("access-control-allow-credentials")).toBeNull();
  expect(response.headers.get("set-cookie")).toBeNull();
});

test("the address of a session is whole, and written as people write it", async () => {
  const ben = await signIn(shared(), { user: "Ben of IPv6" });
  await signInAgain(shared(), ben, { ip_address: "2001:0db8:0000:0000:0000:0000:0000:0005" });
  const { sessions } = await show(ben.token);
  expect(sessions.map(({ address }) => address)).toContain("2001:db8::5");
});
