import { describe, expect, test } from "bun:test";
import { templateOf } from "../../src/api/description/openapi.ts";
import { bearerUse } from "../../src/api/operation.ts";
import { OPEN_PATHS, OPEN_PREFIXES } from "../../src/api/otherOrigins.ts";
import { ROUTES } from "../../src/api/routes.ts";
import { textOf } from "./files.ts";

/** The paragraph of a page in which some words stand. */
function paragraphWith(page: string, words: string): string {
  return (
    textOf(page)
      .split(/\n\n|\n(?=- )/)
      .find((paragraph) => paragraph.includes(words)) ?? ""
  );
}

const takingQueries = ROUTES.filter(({ methods }) =>
  Object.values(methods).some(({ token }) => bearerUse(token)?.query),
).map(({ path }) => templateOf(path));

describe.each([
  ["docs/api.md", "(`Access-Control-Allow-Origin: *`"],
  ["SECURITY.md", "(CORS `*`"],
])("%s", (page, crossOrigin) => {
  test("names every route that reads a token in the query, and no other", () => {
    const paragraph = paragraphWith(page, "?access_token=");
    const named = [...paragraph.matchAll(/`(\/[^`?]+)`/g)].map(([, path]) => path as string);
    expect(named.sort()).toEqual([...takingQueries].sort());
  });

  test("names everything that pages of other origins may call, and nothing else", () => {
    const paragraph = paragraphWith(page, crossOrigin);
    const named = [...paragraph.matchAll(/`(\/[^`?]+)`/g)].map(([, path]) => path as string);
    expect(named.sort()).toEqual([...OPEN_PREFIXES, ...OPEN_PATHS].sort());
  });
});
