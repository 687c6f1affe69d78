import { describe, expect, test } from "bun:test";
import { listChecks } from "../../src/conformance/index.ts";

describe("checks are chosen", () => {
  const chosen = (only: string) => listChecks(only).map(({ id }) => id);

  test("by their ids, by areas, and with * for any text", () => {
    expect(chosen("latest.json")).toEqual(["latest.json"]);
    expect(new Set(chosen("latest, profile").map((id) => id.split(".")[0]))).toEqual(
      new Set(["latest", "profile"]),
    );
    expect(chosen("*.token-expired").length).toBe(10);
    expect(chosen("latest.json*")).toEqual(["latest.json", "latest.json-by-name"]);
  });

  test("and each has an id of its own, a section and one sentence", () => {
    const checks = listChecks();
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
    for (const { id, section, sentence } of checks) {
      expect(id).toMatch(/^[a-z-]+\.[a-z0-9-]+$/);
      expect(section).toMatch(/^[1-9] /);
      expect(sentence).toMatch(/^[A-Za-z/].*\.$/);
    }
    expect(new Set(checks.map(({ sentence }) => sentence)).size).toBe(checks.length);
  });
});
