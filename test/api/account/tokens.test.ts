import { describe, expect, test } from "bun:test";
import { SCOPES } from "../../../src/domain/scopes.ts";
import { DEFAULT_LIMITS } from "../../../src/settings/limits.ts";
import { askAccount, kindsOf, readAccount, type TrailAnswer } from "../../support/account.ts";
import { expectError, TOKEN_ERRORS } from "../../support/answers.ts";
import { Listener } from "../../support/listener.ts";
import { bearer, latest, VALIDATE_PATH } from "../../support/requests.ts";
import { startTestServer, write } from "../../support/server.ts";
import { sharedServer } from "../../support/sharedServer.ts";
import { signIn } from "../../support/signedIn.ts";
import { newWidget } from "../../support/widgets.ts";

const shared = sharedServer();

interface Listed {
  readonly tokens: readonly (Readonly<Record<string, unknown>> & { readonly id: number })[];
}

interface Made {
  readonly token: string;
  readonly id: number;
}

const READ = { name: "Watch", scopes: ["data:heart_rate:read"] };

const make = (page: string, body: object = READ) =>
  readAccount<Made>(shared(), page, "/tokens", "POST", body);
const list = async (page: string) => (await readAccount<Listed>(shared(), page, "/tokens")).tokens;

describe("making a token by hand", () => {
  test("gives one that opens what was chosen, and stands in the list without itself", async () => {
    const page = await signIn(shared());
    const scopes = ["data:heart_rate:write", "data:heart_rate:read"];
    const { token, id } = await make(page.token, { name: " Strap ", scopes, expires_in: 3_600 });
    const known = await (
      await fetch(`${shared().origin}${VALIDATE_PATH}`, { headers: bearer(token) })
    ).json();
    expect(known).toMatchObject({
      profile_id: page.profile.publicId,
      scopes: ["data:heart_rate:read", "data:heart_rate:write"],
    });
    const [own, ...others] = await list(page.token);
    expect(others).toEqual([]);
    expect(own).toEqual({
      id,
      name: "Strap",
      scopes: ["data:heart_rate:read", "data:heart_rate:write"],
      created_at: expect.any(Number),
      expires_at: (own?.created_at as number) + 3_600_000,
      first_used_at: null,
      last_read_at: null,
      last_written_at: null,
      read_count: 0,
      write_count: 0,
    });
    expect(JSON.stringify(own)).not.toContain(token);
  });

  test("is refused with the field that is wrong", async () => {
    const { token } = await signIn(shared());
    const wrong: readonly [object, RegExp][] = [
      [{ scopes: READ.scopes }, /^name: /],
      [{ ...READ, name: "" }, /^name: /],
      [{ ...READ, name: "x".repeat(101) }, /^name: /],
      [{ ...READ, name: "two\nlines" }, /^name: /],
      [{ name: "x" }, /^scopes: /],
      [{ ...READ, scopes: [] }, /^scopes: /],
      [{ ...READ, scopes: ["profile:create"] }, /^scopes\.0: /],
      [{ ...READ, scopes: ["everything"] }, /^scopes\.0: /],
      [{ ...READ, expires_in: 59 }, /^expires_in: /],
      [{ ...READ, expires_in: 3_153_600_001 }, /^expires_in: /],
      [{ ...READ, expires_in: 60.5 }, /^expires_in: /],
    ];
    for (const [body, message] of wrong) {
      const response = await askAccount(shared(), token, "POST", "/tokens", body);
      expect(response.status).toBe(400);
      expect(((await response.json()) as { error_message: string }).error_message).toMatch(message);
    }
    expect(await list(token)).toEqual([]);
  });

  test("takes a name of a hundred characters, and the shortest and longest time", async () => {
    const { token } = await signIn(shared());
    await make(token, { ...READ, name: "x".repeat(100), expires_in: 60 });
    await make(token, { ...READ, name: "♥".repeat(100), expires_in: 3_153_600_000 });
    expect(await list(token)).toHaveLength(2);
  });

  test("works up to tokensMax, and once more when one is revoked", async () => {
    await using server = await startTestServer({ limits: { tokensMax: 2 } });
    const { token } = await signIn(server);
    const ask = () => askAccount(server, token, "POST", "/tokens", READ);
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409]);
    const [first] = (await readAccount<Listed>(server, token, "/tokens")).tokens;
    expect((await askAccount(server, token, "DELETE", `/tokens/${first?.id}`)).status).toBe(204);
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(409);
    expect(DEFAULT_LIMITS.tokensMax).toBe(100);
  });
});

describe("revoking a token", () => {
  test("closes its sockets and those of links that it opened within a second, and ends it at once", async () => {
    const page = await signIn(shared());
    const scopes = ["data:heart_rate:read", "data:heart_rate:write", "widgets:update", "widgets:read"];
    const { token, id } = await make(page.token, { name: "OBS", scopes });
    const { id: widget } = await newWidget(shared(), token);
    using own = await Listener.open(shared().origin, token);
    using overlay = await Listener.openAt(`${shared().origin}/listen/${widget}`);
    const askedAt = Date.now();
    expect((await askAccount(shared(), page.token, "DELETE", `/tokens/${id}`)).status).toBe(204);
    await expectError(await write(shared().origin, token, 1, 60), TOKEN_ERRORS.unknown);
    for (const { closed } of [own, overlay]) {
      const { code, at } = await closed;
      expect(code).toBe(1008);
      expect(at - askedAt).toBeLessThan(1_000);
    }
    expect(await list(page.token)).toEqual([]);
  });

  test("is 404 for another person's, an app's, an unknown and a revoked one, and for what is no number", async () => {
    const [anna, ben] = [await signIn(shared()), await signIn(shared())];
    const { token, id } = await make(anna.token);
    for (const path of [`/tokens/${id}`, "/tokens/9007199254740993", "/tokens/x", "/tokens/-1"]) {
      expect((await askAccount(shared(), ben.token, "DELETE", path)).status).toBe(404);
    }
    expect(await latest(shared().origin, token)).toBeUndefined();
    expect((await askAccount(shared(), anna.token, "DELETE", `/tokens/${id}`)).status).toBe(204);
    expect((await askAccount(shared(), anna.token, "DELETE", `/tokens/${id}`)).status).toBe(404);
  });
});

test("the trail has what was made and revoked, from where, and no token", async () => {
  const page = await signIn(shared());
  const { token, id } = await make(page.token);
  await askAccount(shared(), page.token, "DELETE", `/tokens/${id}`);
  const { entries, more } = await readAccount<TrailAnswer>(shared(), page.token, "/activity");
  expect(more).toBe(false);
  expect(entries.map(({ kind, details }) => ({ kind, details }))).toEqual([
    { kind: "token_revoked", details: { name: "Watch", scopes: READ.scopes, address: "127.0.0.1" } },
    { kind: "token_made", details: { name: "Watch", scopes: READ.scopes, address: "127.0.0.1" } },
  ]);
  expect(JSON.stringify(entries)).not.toContain(token);
});

test("no other token opens an account, however much it may do", async () => {
  const page = await signIn(shared(), { user: "otto" });
  const byHand = await shared().token(SCOPES, { user: "otto" });
  for (const path of ["", "/tokens", "/apps", "/clients", "/activity", "/export"]) {
    await expectError(await askAccount(shared(), byHand, "GET", path), {
      status: 401,
      code: 7011,
      message: "error_invalid_scope",
      challenge: 'Bearer error="insufficient_scope"',
    });
    expect((await askAccount(shared(), page.token, "GET", path)).status).toBe(200);
  }
  const cookie = `heartwire.session_token=${page.sessionId}`;
  const response = await fetch(`${shared().origin}/api/heartwire/v1/account`, { headers: { cookie } });
  await expectError(response, TOKEN_ERRORS.missing);
});

describe("the activity", () => {
  test("is read in pages, newest first", async () => {
    const page = await signIn(shared());
    for (let made = 0; made < 5; made++) await make(page.token, { ...READ, name: `Token ${made}` });
    const seen: string[] = [];
    let before = "";
    for (let more = true; more; ) {
      const answer: TrailAnswer = await readAccount(shared(), page.token, `/activity?count=2${before}`);
      expect(answer.entries.length).toBeLessThanOrEqual(2);
      seen.push(...answer.entries.map(({ details }) => String(details.name)));
      before = `&before=${answer.entries.at(-1)?.id}`;
      more = answer.more;
    }
    expect(seen).toEqual(["Token 4", "Token 3", "Token 2", "Token 1", "Token 0"]);
  });

  test("is everybody's own", async () => {
    const [anna, ben] = [await signIn(shared()), await signIn(shared())];
    await make(anna.token);
    expect(await kindsOf(shared(), ben.token)).toEqual([]);
  });

  test("takes a count from 1 to 200, and an id", async () => {
    const { token } = await signIn(shared());
    for (const query of ["count=0", "count=201", "count=x", "count=1.5", "before=0", "before=x"]) {
      const response = await askAccount(shared(), token, "GET", `/activity?${query}`);
      const { error_message: message } = (await response.json()) as { error_message: string };
      expect({ status: response.status, message }).toEqual({
        status: 400,
        message: expect.stringMatching(new RegExp(`^${query.split("=")[0]}: expected`)) as never,
      });
    }
    for (const query of ["count=1", "count=200", "before=1"]) {
      expect((await askAccount(shared(), token, "GET", `/activity?${query}`)).status).toBe(200);
    }
  });
});
