import { describe, expect, test } from "bun:test";
import { ROOMS, wrongArrows } from "./arrows.ts";
import { filesBelow, textOf } from "./files.ts";
import { type Scan, scan } from "./imports.ts";

/** Scans one file as if it stood in the repository. */
function scanOne(path: string, text: string): Promise<Scan> {
  return scan(new Map([[path, text]]));
}

describe("the rooms of src", () => {
  const paths = filesBelow("src").filter((path) => /\.tsx?$/.test(path));

  test("look into each other only along the arrows, and domain and exchange are pure", async () => {
    const found = await scan(new Map(paths.map((path) => [path, textOf(path)])));
    // A parser that finds nothing would be content with everything.
    expect(found.imports.length).toBeGreaterThan(paths.length);
    expect(wrongArrows(found)).toEqual([]);
  });

  test("are those that DESIGN.md names", () => {
    const design = textOf("DESIGN.md");
    const missing = Object.keys(ROOMS).filter((room) => !design.includes(`src/${room}`));
    expect(missing).toEqual([]);
  });
});

describe("a wrong arrow is caught", () => {
  const planted: readonly (readonly [what: string, path: string, text: string])[] = [
    ["an import", "src/live/hub.ts", 'import { openFolder } from "../storage/sqlite/folder.ts";'],
    ["a type", "src/storage/port.ts", 'import type { Bus } from "../live/bus.ts";'],
    ["one type among values", "src/live/bus.ts", 'import { a, type B } from "../storage/readingStore.ts";'],
    ["a re-export", "src/auth/index.ts", 'export * from "../api/app.ts";'],
    ["a re-exported type", "src/ingest/index.ts", 'export type { App } from "../api/app.ts";'],
    ["a type inside an expression", "src/api/x.ts", 'let a: import("../server.ts").RunningServer;'],
    ["an import while running", "src/api/x.ts", 'const cli = await import("../cli/main.ts");'],
    ["an import of a computed name", "src/api/x.ts", "const cli = await import(name);"],
    ["require", "src/api/x.ts", 'const cli = require("../cli/main.ts");'],
    ["a worker's file", "src/live/x.ts", 'new Worker(new URL("../storage/sqlite/a.ts", import.meta.url));'],
    ["a server that knows its commands", "src/server.ts", 'import "./cli/main.ts";'],
    [
      "an endpoint that knows the server",
      "src/api/native/x.ts",
      'import { startServer } from "../../server.ts";',
    ],
    ["settings in the domain", "src/domain/x.ts", 'import { LIMITS } from "../settings/limits.ts";'],
    ["settings in a codec", "src/exchange/x.ts", 'import { LIMITS } from "../settings/limits.ts";'],
    ["a package in the domain", "src/domain/x.ts", 'import { z } from "zod";'],
    ["a package's type in a codec", "src/exchange/x.ts", 'import type { z } from "zod";'],
    ["a module of the runtime in the domain", "src/domain/x.ts", 'import { readFileSync } from "node:fs";'],
    ["Bun in a codec", "src/exchange/x.ts", 'export const text = () => Bun.file("a").text();'],
    ["the clock in the domain", "src/domain/x.ts", "export const now = () => Date.now();"],
    ["the clock by another name", "src/domain/x.ts", "export const now = () => new Date();"],
    ["chance in the domain", "src/domain/x.ts", "export const chance = Math.random;"],
    ["a test's code", "src/api/x.ts", 'import { KeptLog } from "../../test/support/server.ts";'],
    ["a room that nobody drew", "src/plugins/x.ts", 'import "../domain/reading.ts";'],
  ];

  for (const [what, path, text] of planted) {
    test(`${what}: ${path}`, async () => {
      expect(wrongArrows(await scanOne(path, text))).toEqual([expect.stringContaining(path)]);
    });
  }
});

describe("a right arrow is let through", () => {
  const right: readonly (readonly [what: string, path: string, text: string])[] = [
    ["a package outside of the pure rooms", "src/api/x.ts", 'import { Hono } from "hono";'],
    ["a neighbour", "src/domain/x.ts", 'import type { Bpm } from "./reading.ts";'],
    ["the version in the command line", "src/cli/main.ts", 'import json from "../../package.json";'],
    ["an import that is only talked about", "src/domain/x.ts", '// import "zod"\nconst a = `import "zod"`;'],
    ["a property of a forbidden name", "src/domain/x.ts", "export const of = (a: A) => a.process + a.Bun;"],
    ["a time that is given", "src/domain/x.ts", "export const day = (ms: number) => new Date(ms);"],
  ];

  for (const [what, path, text] of right) {
    test(`${what}: ${path}`, async () => {
      expect(wrongArrows(await scanOne(path, text))).toEqual([]);
    });
  }
});
