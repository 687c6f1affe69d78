import { describe, expect, test } from "bun:test";
import { bearerUse } from "../../src/api/operation.ts";
import { ROUTES as API_ROUTES } from "../../src/api/routes.ts";
import { SCOPES } from "../../src/domain/scopes.ts";
import { expectAccepted, expectError, scopeError, TOKEN_ERRORS } from "../support/answers.ts";
import { filled } from "../support/filledPath.ts";
import { exchange, requestText } from "../support/rawConnection.ts";
import { LIVE_PATH } from "../support/rawSocket.ts";
import {
  bearer,
  LATEST_PATH,
  MOMENT,
  post,
  readingBody,
  VALIDATE_PATH,
  WRITE_PATH,
} from "../support/requests.ts";
import { newUserToken, sharedServer } from "../support/sharedServer.ts";

/** How a token travels: section 2 of the wire text. */
const shared = sharedServer();
/** Every operation that wants a token, as a request for it begins. */
const OPERATIONS = API_ROUTES.flatMap(({ path, methods }) =>
  Object.entries(methods).flatMap(([method, { token }]) => {
    const use = bearerUse(token);
    return use === undefined ? [] : [{ method, path: filled(path), isForPages: token === "session", ...use }];
  }),
);
const ROUTES = OPERATIONS.map(({ method, path }) => [method, path] as const);
const HEADER_ONLY = OPERATIONS.filter(({ query }) => !query);
const WITH_QUERY = OPERATIONS.filter(({ query }) => query).map(({ method, path }) => [method, path] as const);

test("the query's token is read by the routes of which the wire text says so, and by no others", () => {
  expect([...WITH_QUERY].sort()).toEqual([
    ["GET", LIVE_PATH],
    ["GET", filled("/api/v2/data/rooms/:roomId/real_time")],
    ["POST", WRITE_PATH],
  ]);
  expect(ROUTES).toContainEqual(["GET", VALIDATE_PATH]);
  expect(ROUTES).toContainEqual(["GET", LATEST_PATH]);
});

const OTHER = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const body = readingBody(MOMENT, 75);

function send(method: string, path: string, headers: Record<string, string> = {}): Promise<Response> {
  const hasBody = method === "POST" || method === "PUT";
  return fetch(`${shared().origin}${path}`, { method, headers, ...(hasBody ? { body } : {}) });
}

describe("a header that is not `Bearer <uuid>` is refused on every route", () => {
  const headers = (token: string): readonly string[] => [
    "Bearer",
    "Bearer ",
    `Bearer${token}`,
    `Bearer:${token}`,
    `Bearer=${token}`,
    token,
    `Basic ${btoa(`${token}:`)}`,
    `Basic ${token}`,
    `Token ${token}`,
    `Digest ${token}`,
    `Bearer Bearer ${token}`,
    `Bearer ${token} ${token}`,
    `Bearer ${token},`,
    `Bearer ${token}\u00a0`,
    `Bearer ${token}, Bearer ${token}`,
    `Bearer "${token}"`,
    `Bearer {${token}}`,
    `Bearer <${token}>`,
    `Bearer\t${token}`,
    `Bearer ${token.slice(1)}`,
    `Bearer ${token}0`,
    `Bearer ${token.replaceAll("-", "")}`,
    `Bearer ${token.replaceAll("-", "_")}`,
    `Bearer g${token.slice(1)}`,
    `Bearer urn:uuid:${token}`,
    "Bearer null",
    "Bearer undefined",
    "Bearer YOUR_TOKEN",
    "Bearer ' OR '1'='1",
    `Bearer ${"a".repeat(4_000)}`,
    "Bearer \u00e9\u00e9",
  ];
  for (const [index] of headers(OTHER).entries()) {
    test(headers(OTHER)[index]?.slice(0, 60) ?? "", async () => {
      const token = await newUserToken(shared());
      const authorization = headers(token)[index] as string;
      // Without the scheme no token was sent, and a challenge then names no error (RFC 6750 section 3.1).
      const error = /^bearer( |$)/i.test(authorization) ? TOKEN_ERRORS.malformed : TOKEN_ERRORS.otherScheme;
      for (const [method, path] of ROUTES) {
        await expectError(await send(method, path, { authorization }), error);
      }
    });
  }

  test("an empty header", async () => {
    const text = requestText(`GET ${LATEST_PATH}`, ["Authorization:"]);
    const { status, body } = await exchange(shared().origin, text);
    expect(status).toBe(401);
    expect([7009, 7010]).toContain((JSON.parse(body) as { error_code: number }).error_code);
  });

  test("two headers", async () => {
    const token = await newUserToken(shared());
    const line = `Authorization: Bearer ${token}`;
    const { status, body } = await exchange(
      shared().origin,
      requestText(`GET ${VALIDATE_PATH}`, [line, line]),
    );
    expect({ status, code: (JSON.parse(body) as { error_code: number }).error_code }).toEqual({
      status: 401,
      code: 7010,
    });
  });
});

describe("the header is read with good will", () => {
  for (const scheme of ["Bearer", "bearer", "BEARER", "bEaReR"]) {
    test(`the scheme may be written ${scheme}`, async () => {
      const token = await newUserToken(shared());
      await expectAccepted(await post(shared().origin, body, { authorization: `${scheme} ${token}` }));
    });
  }

  test("the token may be written in capitals, and with spaces around it", async () => {
    const token = await newUserToken(shared());
    await expectAccepted(await post(shared().origin, body, bearer(token.toUpperCase())));
    await expectAccepted(await post(shared().origin, body, { authorization: `Bearer   ${token}  ` }));
  });

  test("a content type on GET is ignored", async () => {
    const token = await newUserToken(shared());
    const headers = { ...bearer(token), "content-type": "application/json" };
    expect((await send("GET", VALIDATE_PATH, headers)).status).toBe(200);
  });
});

describe("the query's access_token", () => {
  const malformed = [
    "",
    "nonsense",
    "Bearer%20{token}",
    "{token}0",
    "%22{token}%22",
    "{token}%20",
    "%00",
    "%ff",
  ];
  for (const value of malformed) {
    test(`a malformed one is 7010: "${value}"`, async () => {
      const token = await newUserToken(shared());
      const query = `?access_token=${value.replace("{token}", token)}`;
      for (const [method, path] of WITH_QUERY) {
        await expectError(await send(method, path + query), TOKEN_ERRORS.malformed);
        await expectError(await send(method, path + query, bearer(token)), TOKEN_ERRORS.malformed);
      }
    });
  }

  test("the same token in header and query is fine, in capitals too", async () => {
    const token = await newUserToken(shared());
    for (const given of [token, token.toUpperCase()]) {
      await expectAccepted(await post(shared().origin, body, bearer(token), `?access_token=${given}`));
    }
    const { status } = await send("GET", `${LIVE_PATH}?access_token=${token}`, bearer(token));
    expect(status).toBe(426);
  });

  test("different tokens in header and query are refused with 400", async () => {
    const [one, two] = [await newUserToken(shared()), await newUserToken(shared())];
    for (const [method, path] of WITH_QUERY) {
      await expectError(await send(method, `${path}?access_token=${two}`, bearer(one)), {
        status: 400,
        code: 8002,
        // RFC 6750 section 3.1: more than one method of sending a token is an invalid request.
        challenge: 'Bearer error="invalid_request"',
      });
    }
  });

  test("different tokens in one query are refused with 400, the same one twice is fine", async () => {
    const [one, two] = [await newUserToken(shared()), await newUserToken(shared())];
    const both = `?access_token=${one}&access_token=${two}`;
    await expectError(await post(shared().origin, body, {}, both), { status: 400, code: 8002 });
    await expectAccepted(await post(shared().origin, body, {}, `?access_token=${one}&access_token=${one}`));
  });

  test("a good query token does not make up for a malformed header", async () => {
    const token = await newUserToken(shared());
    const response = await post(
      shared().origin,
      body,
      { authorization: "Basic abc" },
      `?access_token=${token}`,
    );
    await expectError(response, TOKEN_ERRORS.otherScheme);
  });

  for (const { method, path, isForPages } of HEADER_ONLY) {
    test(`it is not read by ${method} ${path}`, async () => {
      const token = await newUserToken(shared(), { scopes: SCOPES });
      await expectError(await send(method, `${path}?access_token=${token}`), TOKEN_ERRORS.missing);
      // Nothing is wrong with the token then, whatever else may be.
      const good = await send(method, `${path}?access_token=nonsense`, bearer(token));
      if (isForPages) await expectError(good, { status: 401, code: 7011 });
      else expect([200, 400, 404, 412]).toContain(good.status);
    });
  }
});

describe("401 for everything that is wrong with a token, on every route", () => {
  for (const { method, path, scopes } of OPERATIONS) {
    test(`${method} ${path}`, async () => {
      await expectError(await send(method, path), TOKEN_ERRORS.missing);
      await expectError(await send(method, path, bearer(crypto.randomUUID())), TOKEN_ERRORS.unknown);
      const expired = await newUserToken(shared(), { expiresAt: Date.now() - 1 });
      await expectError(await send(method, path, bearer(expired)), TOKEN_ERRORS.expired);
      for (const missing of scopes) {
        const others = SCOPES.filter((scope) => scope !== missing);
        const narrow = await newUserToken(shared(), { scopes: others });
        await expectError(await send(method, path, bearer(narrow)), scopeError(missing));
      }
    });
  }

  test("a cookie never authorises", async () => {
    const token = await newUserToken(shared());
    const cookie = `access_token=${token}; session=${token}; authorization=Bearer ${token}`;
    for (const [method, path] of ROUTES) {
      await expectError(await send(method, path, { cookie }), TOKEN_ERRORS.missing);
    }
  });

  test("nor does a token in the body or in another header", async () => {
    const token = await newUserToken(shared());
    const form = `access_token=${token}`;
    const type = { "content-type": "application/x-www-form-urlencoded" };
    await expectError(await post(shared().origin, form, type), TOKEN_ERRORS.missing);
    const others = { "x-access-token": token, "proxy-authorization": `Bearer ${token}` };
    await expectError(await post(shared().origin, body, others), TOKEN_ERRORS.missing);
  });
});
