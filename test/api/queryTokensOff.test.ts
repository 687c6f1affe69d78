import { describe, expect, test } from "bun:test";
import { bearerUse } from "../../src/api/operation.ts";
import { ROUTES } from "../../src/api/routes.ts";
import { SCOPES } from "../../src/domain/scopes.ts";
import { expectAccepted, expectError, TOKEN_ERRORS } from "../support/answers.ts";
import { filled } from "../support/filledPath.ts";
import { Listener } from "../support/listener.ts";
import { RawSocket } from "../support/rawSocket.ts";
import { bearer, MOMENT, post, readingBody } from "../support/requests.ts";
import { newUserToken, sharedServer } from "../support/sharedServer.ts";

/** HEARTWIRE_QUERY_TOKENS=off: addresses end up in logs, and no token is read from one. */
const shared = sharedServer({ environment: { HEARTWIRE_QUERY_TOKENS: "off" } });
const body = readingBody(MOMENT, 75);

const WITH_QUERY = ROUTES.flatMap(({ path, methods }) =>
  Object.entries(methods)
    .filter(([, { token }]) => bearerUse(token)?.query)
    .map(([method, { success }]) => ({ method, path: filled(path), isSocket: success.status === 101 })),
);

describe("with query tokens switched off", () => {
  test("a good token in the query is no token, on every route that would read it", async () => {
    expect(WITH_QUERY.length).toBe(3);
    const token = await newUserToken(shared(), { scopes: SCOPES });
    for (const { method, path, isSocket } of WITH_QUERY) {
      for (const given of [token, "nonsense"]) {
        const target = `${path}?access_token=${given}`;
        const response = await fetch(`${shared().origin}${target}`, {
          method,
          ...(method === "POST" ? { body } : {}),
        });
        await expectError(response, TOKEN_ERRORS.missing);
        if (!isSocket) continue;
        using socket = await RawSocket.open(shared().origin, target);
        expect(socket.handshake.status).toBe(401);
      }
    }
  });

  test("the header is read as before, whatever stands in the query", async () => {
    const token = await newUserToken(shared());
    const other = await newUserToken(shared());
    for (const query of ["", "?access_token=nonsense", `?access_token=${other}`]) {
      await expectAccepted(await post(shared().origin, body, bearer(token), query));
    }
    using listener = await Listener.open(shared().origin, token);
    await post(shared().origin, readingBody(MOMENT + 1, 76), bearer(token));
    expect((await listener.heard(1)).length).toBe(1);
  });
});
