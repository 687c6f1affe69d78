import { describe, expect, test } from "bun:test";
import { SCOPES } from "../../src/domain/scopes.ts";
import { MANUAL_CLIENT_ID } from "../../src/storage/directory.ts";
import { bearer, MOMENT, VALIDATE_PATH } from "../support/requests.ts";
import { startTestServer } from "../support/server.ts";
import { newUserToken, sharedServer } from "../support/sharedServer.ts";

/** `GET /api/v1/token/validate`. */
const shared = sharedServer();
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const validate = (origin: string, token: string) =>
  fetch(`${origin}${VALIDATE_PATH}`, { headers: bearer(token) });

interface Answer {
  readonly token: string;
  readonly client_id: string;
  readonly expires_in: number;
  readonly profile_id: string | null;
  readonly scopes: readonly string[];
}

async function answerFor(origin: string, token: string): Promise<Answer> {
  const response = await validate(origin, token);
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

describe("what a token is", () => {
  test("its client, end, profile and scopes, in the documented shape", async () => {
    const token = await newUserToken(shared());
    const response = await validate(shared().origin, token);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const answer = (await response.json()) as Answer;
    expect(Object.keys(answer)).toEqual(["token", "client_id", "expires_in", "profile_id", "scopes"]);
    expect(answer).toEqual({
      token,
      client_id: MANUAL_CLIENT_ID,
      expires_in: 2147483647,
      profile_id: expect.stringMatching(UUID),
      scopes: ["data:heart_rate:read", "data:heart_rate:write"],
    });
  });

  test("a token needs no scope of its own for it", async () => {
    for (const scope of SCOPES) {
      const token = await newUserToken(shared(), { scopes: [scope] });
      expect((await answerFor(shared().origin, token)).scopes).toEqual([scope]);
    }
  });

  test("every identifier is in lower case, also when the token was sent in capitals", async () => {
    const token = await newUserToken(shared());
    const answer = await answerFor(shared().origin, token.toUpperCase());
    expect(answer.token).toBe(token);
    for (const id of [answer.token, answer.client_id, answer.profile_id]) expect(id).toMatch(UUID);
  });

  test("two tokens of one user have one profile, two users have two", async () => {
    const ids: (string | null)[] = [];
    for (const user of ["anna", "anna", "ben"]) {
      const token = await shared().token(["profile:read"], { user });
      ids.push((await answerFor(shared().origin, token)).profile_id);
    }
    expect(ids[0]).toBe(ids[1] as string);
    expect(ids[2]).not.toBe(ids[0] as string);
  });
});

describe("expires_in", () => {
  const FAR_MS = 2_147_483_647_000;
  const cases = [
    ["whole seconds are left", 90_000, 90],
    ["a part of a second is dropped", 90_999, 90],
    ["less than a second is left", 1, 0],
    ["just the most that an int can say", FAR_MS, 2_147_483_647],
    ["more than an int can say", FAR_MS + 1_000, 2_147_483_647],
  ] as const;
  for (const [what, leftMs, seconds] of cases) {
    test(`${what}: ${seconds}`, async () => {
      await using server = await startTestServer({ clock: () => MOMENT as never });
      const token = await newUserToken(server, { expiresAt: MOMENT + leftMs });
      expect((await answerFor(server.origin, token)).expires_in).toBe(seconds);
    });
  }
});
