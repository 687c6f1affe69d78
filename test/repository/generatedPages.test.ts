import { expect, test } from "bun:test";
import { generatedPages } from "../../scripts/docs.ts";
import { textOf } from "./files.ts";

for (const { path, text } of generatedPages()) {
  test(`${path} says what the code says; "npm run docs" writes it anew`, () => {
    expect(textOf(path)).toBe(text);
  });
}
