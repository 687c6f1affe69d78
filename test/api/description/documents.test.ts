import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import specifications from "@asyncapi/specs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv, type AnySchema } from "ajv";
import addFormats from "ajv-formats";
import { templateOf } from "../../../src/api/description/openapi.ts";
import { ROUTES } from "../../../src/api/routes.ts";
import { startTestServer, type TestServer } from "../../support/server.ts";

/** The documents that describe the API: whether they are what they say they are, and complete. */
type Json = Readonly<Record<string, unknown>>;

let server: TestServer;
let openApi: Json;
let asyncApi: Json;

beforeAll(async () => {
  server = await startTestServer();
  [openApi, asyncApi] = (await Promise.all(
    ["openapi", "asyncapi"].map(
      async (name) => (await (await fetch(`${server.origin}/${name}.json`)).json()) as Json,
    ),
  )) as [Json, Json];
});
afterAll(() => server[Symbol.asyncDispose]());

const operations = ROUTES.flatMap(({ path, methods }) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

test("openapi.json is a valid OpenAPI 3.1 document", async () => {
  expect(openApi.openapi).toMatch(/^3\.1\./);
  const { valid, errors } = await new Validator().validate(structuredClone(openApi));
  expect({ valid, errors: errors ?? [] }).toEqual({ valid: true, errors: [] });
});

test("asyncapi.json is a valid AsyncAPI 3 document", () => {
  const ajv = new Ajv({
    strict: false,
    meta: false,
    addUsedSchema: false,
    validateSchema: false,
    logger: false,
  });
  addFormats(ajv);
  const schema = specifications.schemas["3.0.0"];
  const isValid = ajv.compile(schema as AnySchema);
  expect({ valid: isValid(asyncApi), errors: isValid.errors ?? [] }).toEqual({ valid: true, errors: [] });
});

test("every route is in openapi.json, and nothing else", () => {
  const described = Object.entries(openApi.paths as Record<string, Json>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.sort()).toEqual(
    operations.map(({ path, method }) => `${method} ${templateOf(path)}`).sort(),
  );
});

test("every socket is in asyncapi.json with each of its frames, and nothing else", () => {
  const described = Object.values(asyncApi.channels as Record<string, Json>).map(({ address, messages }) => ({
    address,
    frames: Object.keys(messages as Json),
  }));
  const sockets = operations.flatMap(({ path, operation: { success } }) =>
    success.status === 101
      ? [{ address: templateOf(path), frames: success.frames.map(({ name }) => name) }]
      : [],
  );
  expect(described).toEqual(sockets);
});

test("every operation has a name of its own", () => {
  const names = operations.map(({ operation }) => operation.id);
  expect(new Set(names).size).toBe(names.length);
});

test("every parameter in a path is described, and no other", () => {
  for (const { path, operation } of operations) {
    const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
    expect({ path, described: Object.keys(operation.path?.shape ?? {}) }).toEqual({
      path,
      described: inPath as string[],
    });
  }
});

test("every reference leads somewhere", () => {
  for (const document of [openApi, asyncApi]) {
    const targets = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, target = ""]) => target,
    );
    for (const target of targets) {
      const found = target
        .split("/")
        .reduce<unknown>((place, word) => (place as Json | undefined)?.[word], document);
      expect({ target, found: found !== undefined }).toEqual({ target, found: true });
    }
  }
});

test("the documents name the address under which they were asked for", () => {
  expect(openApi.servers).toEqual([{ url: server.origin }]);
  expect(asyncApi.servers).toEqual({ here: { host: new URL(server.origin).host, protocol: "ws" } });
});

describe("the reference page", () => {
  test("names every route and allows itself no script and nothing from elsewhere", async () => {
    const response = await fetch(`${server.origin}/reference`);
    const text = await response.text();
    for (const { path } of operations) expect(text).toContain(templateOf(path));
    expect(response.headers.get("content-security-policy")).toStartWith(
      "default-src 'none'; style-src 'sha256-",
    );
    expect(text).not.toMatch(/<script|https?:\/\/(?!127\.0\.0\.1|localhost)/);
  });

  test("can be read by no page of another origin", async () => {
    for (const path of ["/reference", "/openapi.json", "/asyncapi.json"]) {
      const response = await fetch(`${server.origin}${path}`, {
        headers: { origin: "https://other.example" },
      });
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
    }
  });
});
