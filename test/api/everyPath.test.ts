import { describe, expect, test } from "bun:test";
import { ROUTES as API_ROUTES } from "../../src/api/routes.ts";
import { SCOPES } from "../../src/domain/scopes.ts";
import { expectError } from "../support/answers.ts";
import { filled } from "../support/filledPath.ts";
import { exchange, requestText } from "../support/rawConnection.ts";
import { LIVE_PATH } from "../support/rawSocket.ts";
import { bearer, LATEST_PATH, MOMENT, VALIDATE_PATH, WRITE_PATH } from "../support/requests.ts";
import { startTestServer, write } from "../support/server.ts";
import { newUserToken, sharedServer } from "../support/sharedServer.ts";

/** What holds on every path: JSON errors, methods, preflight, host names. */
const shared = sharedServer();

/** Every route that pages of other origins may call, with the methods it takes, as `Allow` names them. */
const ROUTES = API_ROUTES.map(({ path, methods }) => ({ path: filled(path), taken: Object.keys(methods) }));
const OPEN_ROUTES = ROUTES.filter(({ path }) =>
  /^\/((v1\/)?api\/|\.well-known\/|oauth2\/(token|revoke|device_authorization)$)/.test(path),
);

test("the paths of Pulsoid are among the routes, each with its method alone", () => {
  expect(OPEN_ROUTES).toEqual(
    expect.arrayContaining([
      { path: WRITE_PATH, taken: ["POST"] },
      { path: LATEST_PATH, taken: ["GET"] },
      { path: LIVE_PATH, taken: ["GET"] },
      { path: VALIDATE_PATH, taken: ["GET"] },
      { path: "/api/v1/statistics", taken: ["GET"] },
      { path: "/api/v1/profile", taken: ["GET"] },
      { path: filled("/api/v2/data/rooms/:roomId/real_time"), taken: ["GET"] },
    ]),
  );
});

const NOT_FOUND = { status: 404, code: 8004, message: "not found", challenge: null } as const;

const send = (path: string, init: RequestInit = {}) => fetch(`${shared().origin}${path}`, init);

describe("an unknown path is a JSON 404", () => {
  const paths = [
    "/api",
    "/api/",
    "/api/v1",
    "/api/v1/data/",
    "/api/v1/Data",
    "/api/v1/data/heart_rate",
    "/api/v1/data/heart_rate/latest/",
    "/api/v1/data/real_time/x",
    "/api/v2/data",
    "/api/v1/token",
    "/api/v1/token/validate/",
    "/api/v1/statistics/none",
    "/api/%ff%zz",
    `/api/${"x".repeat(8_000)}`,
    "/v1/api/none",
    "/.well-known/none",
  ];
  for (const path of paths) {
    test(path.slice(0, 60), async () => {
      // "/api" alone is no path below it.
      const expected = { ...NOT_FOUND, otherOrigins: path !== "/api" };
      await expectError(await send(path), expected);
      await expectError(await send(path, { method: "POST", body: "{}" }), expected);
    });
  }

  for (const path of ["/oauth2/none", "/favicon.ico", "/index.html", "/.env", "/api/%2e%2e/metrics%00"]) {
    test(`${path}, which pages of other origins may not read`, async () => {
      const expected = { ...NOT_FOUND, otherOrigins: false };
      for (const method of ["GET", "OPTIONS"]) await expectError(await send(path, { method }), expected);
    });
  }

  test("below /api/ a page of another origin can read it: its preflight is answered", async () => {
    const response = await send("/api/v1/none", { method: "OPTIONS" });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-methods")).toBe("GET, POST, PUT, DELETE");
  });

  test("a token does not change that", async () => {
    const token = await newUserToken(shared());
    await expectError(await send("/api/none", { headers: bearer(token) }), NOT_FOUND);
  });
});

describe("a method that the path does not take is a JSON 405 which names those it does", () => {
  for (const { path, taken } of ROUTES) {
    const isOpen = OPEN_ROUTES.some((route) => route.path === path);
    const allowed = [
      ...taken,
      ...(taken.includes("GET") ? ["HEAD"] : []),
      ...(isOpen ? ["OPTIONS"] : []),
    ].sort();
    test(`${path}: ${taken.join(" and ")}`, async () => {
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"].filter(
        (other) => !taken.includes(other),
      )) {
        const response = await send(path, { method });
        expect((response.headers.get("allow") ?? "").split(", ").sort()).toEqual(allowed);
        await expectError(response, { status: 405, code: 8005, challenge: null, otherOrigins: isOpen });
      }
    });
  }

  test("also for methods that only a raw client sends", async () => {
    for (const method of ["TRACE", "CONNECT", "PROPFIND"]) {
      const { status, headers, body } = await exchange(
        shared().origin,
        requestText(`${method} ${WRITE_PATH}`, []),
      );
      expect({ status, type: headers.get("content-type") }).toEqual({
        status: 405,
        type: "application/json",
      });
      expect(JSON.parse(body)).toMatchObject({ error_code: 8005 });
    }
  });
});

describe("a browser's preflight", () => {
  for (const { path, taken } of OPEN_ROUTES) {
    test(`is answered for ${path} without a token`, async () => {
      const response = await send(path, {
        method: "OPTIONS",
        headers: {
          origin: "https://app.example.org",
          "access-control-request-method": taken[0] as string,
          "access-control-request-headers": "authorization,content-type",
        },
      });
      expect(response.status).toBe(204);
      expect(await response.text()).toBe("");
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(response.headers.get("access-control-allow-methods")).toBe(taken.join(", "));
      expect(response.headers.get("access-control-allow-headers")).toBe(
        "authorization, content-type, x-rpc-method",
      );
      expect(Number(response.headers.get("access-control-max-age"))).toBeGreaterThan(0);
      expect(response.headers.has("access-control-allow-credentials")).toBe(false);
    });
  }
});

describe("HEAD is GET without a body", () => {
  test("on every route that answers GET, with the same status, type and length", async () => {
    const token = await newUserToken(shared(), { scopes: SCOPES });
    await write(shared().origin, token, MOMENT, 75);
    const paths = ROUTES.filter(({ taken }) => taken.includes("GET")).map(({ path }) => path);
    for (const path of [...paths, "/api/none"]) {
      const got = await send(path, { headers: bearer(token) });
      const head = await send(path, { method: "HEAD", headers: bearer(token) });
      expect(head.status).toBe(got.status);
      expect(head.headers.get("content-type")).toBe(got.headers.get("content-type"));
      // What the metrics count changes from one answer to the next.
      if (path !== "/metrics") {
        expect(head.headers.get("content-length")).toBe(got.headers.get("content-length"));
      }
      expect(await head.text()).toBe("");
    }
  });

  test("and 405 on the write path", async () => {
    expect((await send(WRITE_PATH, { method: "HEAD" })).status).toBe(405);
  });
});

describe("the Host header", () => {
  const ask = (origin: string, host: string, path = WRITE_PATH) =>
    exchange(origin, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);

  for (const host of ["localhost", "LOCALHOST:1", "127.0.0.1:4327", "[::1]", "[::1]:80", "localhost:99999"]) {
    test(`${host} is answered`, async () => {
      expect((await ask(shared().origin, host)).status).toBe(405);
    });
  }

  const strangers = [
    "evil.example",
    "evil.example:4327",
    "localhost.evil.example",
    "localhost@evil.example",
    "evil.example/localhost",
    "127.0.0.2",
    "localhost evil.example",
    "::1",
  ];
  for (const host of strangers) {
    test(`${host} is refused with 421, which keeps a stranger's page from a local server`, async () => {
      const answering = ROUTES.filter(({ path }) => !path.startsWith("/health/")).map(({ path }) => path);
      for (const path of [...answering, "/api/none"]) {
        const { status, headers, body } = await ask(shared().origin, host, path);
        expect({ status, type: headers.get("content-type") }).toEqual({
          status: 421,
          type: "application/json",
        });
        expect(JSON.parse(body)).toEqual({ error_code: 8007, error_message: expect.any(String) });
        expect(body).not.toContain("evil");
      }
    });
  }

  test("health is answered under every name: load balancers ask by address", async () => {
    expect((await ask(shared().origin, "10.0.0.7", "/health/live")).status).toBe(200);
    expect((await ask(shared().origin, "10.0.0.7", "/health/ready")).status).toBe(200);
  });

  test("health is answered without a usable name too, as a load balancer's HTTP/1.0 has none", async () => {
    for (const path of ["/health/live", "/health/ready"]) {
      for (const head of [`GET ${path} HTTP/1.0\r\n`, `GET ${path} HTTP/1.1\r\nHost: a b\r\n`]) {
        expect((await exchange(shared().origin, `${head}\r\n`)).status).toBe(200);
      }
    }
  });

  test("the public address and the allowed hosts are answered", async () => {
    await using server = await startTestServer({
      environment: {
        HEARTWIRE_PUBLIC_URL: "https://heart.example.org",
        HEARTWIRE_ALLOWED_HOSTS: "pulse.example.org, 192.168.1.20",
      },
    });
    for (const host of ["heart.example.org", "Pulse.Example.org:8080", "192.168.1.20", "localhost"]) {
      expect((await ask(server.origin, host)).status).toBe(405);
    }
    expect((await ask(server.origin, "other.example.org")).status).toBe(421);
  });
});

describe("requests that no browser sends", () => {
  test("several requests sent at once over one connection are answered in order", async () => {
    const { body } = await exchange(shared().origin, requestText("GET /health/live", []).repeat(2));
    expect(body).toBe('{"status":"live"}');
  });

  test("a target with a host in it does not get around the check of the Host header", async () => {
    const { status } = await exchange(
      shared().origin,
      `GET http://localhost/api/v1/data HTTP/1.1\r\nHost: evil.example\r\n\r\n`,
    );
    expect(status).toBe(421);
  });

  test("what the HTTP parser refuses is 400 and ends the connection", async () => {
    const refused = [
      "GET /api/none HTTP/1.1\r\n\r\n",
      requestText(`POST ${WRITE_PATH}`, ["Content-Length: 5", "Content-Length: 6"], "hello"),
      requestText(`POST ${WRITE_PATH}`, ["Content-Length: 5", "Transfer-Encoding: chunked"], "hello"),
      requestText(`POST ${WRITE_PATH}`, ["Content-Length: -1"]),
    ];
    for (const text of refused) expect((await exchange(shared().origin, text)).status).toBe(400);
  });
});

test("another origin may not read what is no part of the API: it would learn that Heartwire runs here", async () => {
  for (const path of ["/", "/health/live", "/health/ready", "/metrics", "/none"]) {
    for (const method of ["GET", "POST", "OPTIONS"]) {
      const response = await send(path, { method, headers: { origin: "https://evil.example" } });
      expect(response.headers.has("access-control-allow-origin")).toBe(false);
    }
  }
});
