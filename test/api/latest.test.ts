import { describe, expect, test } from "bun:test";
import { expectError } from "../support/answers.ts";
import { bearer, LATEST_PATH, MOMENT } from "../support/requests.ts";
import { startTestServer, write } from "../support/server.ts";
import { newUserToken, sharedServer } from "../support/sharedServer.ts";

/** `GET /api/v1/data/heart_rate/latest`. */
const shared = sharedServer();

const get = (token: string, query = "", headers: Record<string, string> = {}) =>
  fetch(`${shared().origin}${LATEST_PATH}${query}`, { headers: { ...bearer(token), ...headers } });

describe("the two response modes, byte for byte", () => {
  for (const query of ["", "?response_mode=json", "?response_mode=", "?other=1"]) {
    test(`JSON${query === "" ? "" : ` for ${query}`}`, async () => {
      const token = await newUserToken(shared());
      await write(shared().origin, token, 1625310655000, 40);
      const response = await get(token, query);
      expect(response.status).toBe(200);
      expect(await response.text()).toBe('{"measured_at":1625310655000,"data":{"heart_rate":40}}');
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
    });
  }

  test("bare digits and no newline for text_plain_only_heart_rate", async () => {
    const token = await newUserToken(shared());
    await write(shared().origin, token, MOMENT, 40);
    const response = await get(token, "?response_mode=text_plain_only_heart_rate");
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("40");
    expect(response.headers.get("content-type")).toBe("text/plain; charset=UTF-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });

  test("a mode that the route does not have is 400, and the modes it has are named", async () => {
    const token = await newUserToken(shared());
    for (const mode of ["legacy_json", "xml", "JSON", "constructor"]) {
      await expectError(await get(token, `?response_mode=${mode}`), {
        status: 400,
        code: 8001,
        message: "response_mode: expected one of json, text_plain_only_heart_rate",
      });
    }
  });
});

describe("which reading is the latest", () => {
  test("none yet: 412 with the JSON error body, in both modes", async () => {
    const token = await newUserToken(shared());
    for (const query of ["", "?response_mode=text_plain_only_heart_rate"]) {
      const response = await get(token, query);
      expect(response.headers.get("cache-control")).toBe("no-store");
      await expectError(response, { status: 412, code: 8003, challenge: null });
    }
  });

  test("the newest by time, so that an old reading that comes late does not replace it", async () => {
    const token = await newUserToken(shared());
    await write(shared().origin, token, MOMENT, 75);
    await write(shared().origin, token, MOMENT - 60_000, 60);
    expect(await (await get(token)).text()).toBe('{"measured_at":1709312400000,"data":{"heart_rate":75}}');
    await write(shared().origin, token, MOMENT + 1, 76);
    expect(await (await get(token)).text()).toBe('{"measured_at":1709312400001,"data":{"heart_rate":76}}');
  });

  test("never another user's", async () => {
    const [anna, ben] = [await newUserToken(shared()), await newUserToken(shared())];
    await write(shared().origin, anna, MOMENT, 75);
    expect((await get(ben)).status).toBe(412);
  });

  test("the same one after the server was started again", async () => {
    await using first = await startTestServer();
    const token = await newUserToken(first);
    await write(first.origin, token, MOMENT, 75);
    await first.server.stop();
    await using second = await startTestServer({ folder: first.folder });
    const response = await fetch(`${second.origin}${LATEST_PATH}`, { headers: bearer(token) });
    expect(await response.text()).toBe('{"measured_at":1709312400000,"data":{"heart_rate":75}}');
  });
});

describe("how it is asked for", () => {
  test("a content type without a body, as many clients send it, is fine", async () => {
    const token = await newUserToken(shared());
    await write(shared().origin, token, MOMENT, 75);
    expect((await get(token, "", { "content-type": "application/json" })).status).toBe(200);
  });

  test("HEAD answers the same head and no body", async () => {
    const token = await newUserToken(shared());
    await write(shared().origin, token, MOMENT, 75);
    const response = await fetch(`${shared().origin}${LATEST_PATH}`, {
      method: "HEAD",
      headers: bearer(token),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.text()).toBe("");
  });

  test("when the store fails the answer is 500 with 6002", async () => {
    await using server = await startTestServer();
    const token = await newUserToken(server);
    await server.server.storage.readings.close();
    await expectError(await fetch(`${server.origin}${LATEST_PATH}`, { headers: bearer(token) }), {
      status: 500,
      code: 6002,
      message: "error_retrieving_latest_heart_rate",
    });
  });
});
