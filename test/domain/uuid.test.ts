import { describe, expect, test } from "bun:test";
import { isUuid } from "../../src/domain/uuid.ts";

const UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

describe("a UUID", () => {
  test("has 36 characters, in capitals or not", () => {
    expect(isUuid(UUID)).toBe(true);
    expect(isUuid(UUID.toUpperCase())).toBe(true);
    expect(isUuid("00000000-0000-0000-0000-000000000000")).toBe(true);
    for (let count = 0; count < 100; count++) expect(isUuid(crypto.randomUUID())).toBe(true);
  });

  const others = [
    "",
    UUID.slice(1),
    `${UUID}0`,
    ` ${UUID}`,
    `${UUID}\n`,
    `${UUID.slice(1)}\n`,
    `{${UUID}}`,
    UUID.replaceAll("-", ""),
    UUID.replaceAll("-", "_"),
    `g${UUID.slice(1)}`,
    `３${UUID.slice(1)}`,
    "3f2504e04-f89-41d3-9a0c-0305e82c3301",
  ];
  for (const other of others) {
    test(`is not ${JSON.stringify(other)}`, () => {
      expect(isUuid(other)).toBe(false);
    });
  }
});
