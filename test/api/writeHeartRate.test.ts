import { describe, expect, test } from "bun:test";
import { expectAccepted, expectError, scopeError, TOKEN_ERRORS } from "../support/answers.ts";
import { bearer, latest, MOMENT, post, readingBody } from "../support/requests.ts";
import { startTestServer, write } from "../support/server.ts";
import { newUserToken, sharedServer } from "../support/sharedServer.ts";

/** `POST /api/v1/data`: the owner's document, row by row. */
const shared = sharedServer();

describe("200: heart rate data accepted", () => {
  test("the example of the document is answered 200 with an empty JSON object", async () => {
    const { origin } = shared();
    const token = await newUserToken(shared());
    const headers = { ...bearer(token), "content-type": "application/json" };
    await expectAccepted(
      await post(origin, '{"measured_at": 1709312400000, "data": {"heart_rate": 75}}', headers),
    );
    expect(await latest(origin, token)).toEqual({ measured_at: 1709312400000, data: { heart_rate: 75 } });
  });

  test("the token may be a query parameter", async () => {
    const { origin } = shared();
    const token = await newUserToken(shared());
    await expectAccepted(await post(origin, readingBody(MOMENT, 75), {}, `?access_token=${token}`));
    expect((await latest(origin, token))?.data.heart_rate).toBe(75);
  });

  test("a token with only the write scope can write", async () => {
    const token = await newUserToken(shared(), { scopes: ["data:heart_rate:write"] });
    await expectAccepted(await write(shared().origin, token, MOMENT, 75));
  });

  test("the smallest and the largest heart rate and time are accepted", async () => {
    const { origin } = shared();
    const token = await newUserToken(shared());
    await expectAccepted(await write(origin, token, 0, 1));
    expect(await latest(origin, token)).toEqual({ measured_at: 0, data: { heart_rate: 1 } });
    await expectAccepted(await write(origin, token, Number.MAX_SAFE_INTEGER, 65_535));
    expect((await latest(origin, token))?.data.heart_rate).toBe(65_535);
  });
});

describe("400: malformed request body", () => {
  test("a body that is not a reading is refused, and the field is named", async () => {
    const token = await newUserToken(shared());
    await expectError(await post(shared().origin, '{"data":{"heart_rate":75}}', bearer(token)), {
      status: 400,
      code: 8001,
      message: "measured_at: expected a Unix time in milliseconds from 0 to 9007199254740991",
      challenge: null,
    });
  });
});

describe("401: missing or invalid token, or a token without the scope", () => {
  const body = readingBody(MOMENT, 75);

  test("no token", async () => {
    await expectError(await post(shared().origin, body, {}), TOKEN_ERRORS.missing);
  });

  test("a token that nobody made", async () => {
    const response = await post(shared().origin, body, bearer(crypto.randomUUID()));
    await expectError(response, TOKEN_ERRORS.unknown);
  });

  test("an unknown token in the query", async () => {
    const response = await post(shared().origin, body, {}, `?access_token=${crypto.randomUUID()}`);
    await expectError(response, TOKEN_ERRORS.unknown);
  });

  test("a token that has expired", async () => {
    const token = await newUserToken(shared(), { expiresAt: Date.now() - 1 });
    await expectError(await post(shared().origin, body, bearer(token)), TOKEN_ERRORS.expired);
  });

  test("a token that may only read", async () => {
    const token = await newUserToken(shared(), { scopes: ["data:heart_rate:read"] });
    const response = await post(shared().origin, body, bearer(token));
    await expectError(response, scopeError("data:heart_rate:write"));
    expect(await latest(shared().origin, token)).toBeUndefined();
  });

  test("a token that expires is refused from that moment on, also when it was good a moment ago", async () => {
    let now = MOMENT;
    await using server = await startTestServer({ clock: () => now as never });
    const token = await newUserToken(server, { expiresAt: MOMENT + 1_000 });
    await expectAccepted(await write(server.origin, token, MOMENT, 75));
    now = MOMENT + 999;
    await expectAccepted(await write(server.origin, token, MOMENT + 1, 75));
    now = MOMENT + 1_000;
    await expectError(await write(server.origin, token, MOMENT + 2, 75), TOKEN_ERRORS.expired);
  });
});

describe("500: unexpected server error", () => {
  test("when the reading cannot be stored the answer is 500 with the code 6001", async () => {
    await using server = await startTestServer();
    const token = await newUserToken(server);
    await expectAccepted(await write(server.origin, token, MOMENT, 75));
    await server.server.storage.readings.close();
    await expectError(await write(server.origin, token, MOMENT + 1, 75), {
      status: 500,
      code: 6001,
      message: "unexpected server error",
      challenge: null,
    });
  });

  test("when tokens cannot be looked up the answer is 500 and never 401, which would sign clients out", async () => {
    await using server = await startTestServer();
    const token = await newUserToken(server);
    await server.server.storage.directory.close();
    await expectError(await write(server.origin, token, MOMENT, 75), {
      status: 500,
      code: 7001,
      message: "error_while_validating_token",
      challenge: null,
    });
  });

  test("the private reason is logged and not sent", async () => {
    await using server = await startTestServer();
    const token = await newUserToken(server);
    await server.server.storage.readings.close();
    const text = await (await write(server.origin, token, MOMENT, 75)).text();
    expect(text).not.toContain("closed");
    expect(server.log.lines.some((line) => line.includes("the store is closed"))).toBe(true);
  });
});

describe("the order of the checks", () => {
  const bad = "this is no JSON";

  test("the token is checked before the body", async () => {
    const { origin } = shared();
    await expectError(await post(origin, bad, {}), TOKEN_ERRORS.missing);
    await expectError(await post(origin, bad, bearer("nonsense")), TOKEN_ERRORS.malformed);
    await expectError(await post(origin, bad, bearer(crypto.randomUUID())), TOKEN_ERRORS.unknown);
    const reader = await newUserToken(shared(), { scopes: ["data:heart_rate:read"] });
    await expectError(await post(origin, bad, bearer(reader)), scopeError("data:heart_rate:write"));
  });

  test("the token is checked before the length of the body", async () => {
    const tooLong = " ".repeat(20_000);
    await expectError(await post(shared().origin, tooLong, {}), TOKEN_ERRORS.missing);
  });
});
