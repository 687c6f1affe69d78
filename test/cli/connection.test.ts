import { afterEach, beforeEach, expect, test } from "bun:test";
import { apiAddress, readBaseUrl, readConnection } from "../../src/cli/connection.ts";
import { UsageError } from "../../src/cli/failure.ts";
import { givenTokens } from "../../src/cli/simulating/tokens.ts";

const NAMES = ["HEARTWIRE_URL", "HEARTWIRE_TOKEN"] as const;

const before = NAMES.map((name) => [name, process.env[name]] as const);

beforeEach(() => {
  for (const name of NAMES) delete process.env[name];
});

afterEach(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

test("an empty address or token in the environment counts as not set", () => {
  const unset = readBaseUrl({}).href;
  for (const empty of ["", " "]) {
    process.env.HEARTWIRE_URL = empty;
    process.env.HEARTWIRE_TOKEN = empty;
    expect(readBaseUrl({}).href).toBe(unset);
    expect(() => readConnection({})).toThrow(UsageError);
    expect(() => readConnection({})).toThrow("A token is missing.");
    expect(givenTokens({})).toBeUndefined();
  }
});

test("an address or token in the environment is used where no flag is given", () => {
  process.env.HEARTWIRE_URL = "http://heart.example";
  process.env.HEARTWIRE_TOKEN = "3F2504E0-4F89-41D3-9A0C-0305E82C3301";
  const { baseUrl, token } = readConnection({});
  expect(baseUrl.href).toBe("http://heart.example/");
  expect(token).toBe("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
  expect(readBaseUrl({ url: "http://other.example" }).href).toBe("http://other.example/");
});

test("the API of a server lies below its address, with or without a slash at its end", () => {
  for (const base of ["http://a.example/heart", "http://a.example/heart/", "http://a.example/heart?x=1#y"]) {
    expect(apiAddress(new URL(base), "api/v1/data").href).toBe("http://a.example/heart/api/v1/data");
  }
});
