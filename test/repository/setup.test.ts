import { afterAll, expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { throwAwayFolder } from "../support/server.ts";
import { ROOT } from "./files.ts";

/** The set-up of a checkout, with an npm that does nothing but say when it runs. */
const folder = throwAwayFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NPM = `
const { appendFileSync, chmodSync, mkdirSync, writeFileSync } = require("node:fs");
appendFileSync("npm.log", "begins ");
setTimeout(() => {
  mkdirSync("node_modules/bun/bin", { recursive: true });
  writeFileSync("node_modules/bun/bin/bun.exe", "#!/bin/sh\\nexit 0\\n");
  chmodSync("node_modules/bun/bin/bun.exe", 0o755);
  appendFileSync("npm.log", "ends ");
}, 500);
`;

function newCheckout(): string {
  const checkout = join(folder, crypto.randomUUID());
  mkdirSync(checkout);
  cpSync(join(ROOT, "scripts"), join(checkout, "scripts"), { recursive: true });
  writeFileSync(join(checkout, "package.json"), '{"type":"module"}');
  writeFileSync(join(checkout, "package-lock.json"), "{}");
  writeFileSync(join(checkout, "npm.cjs"), NPM);
  // Named .js, as npm names itself, and CommonJS all the same.
  mkdirSync(join(checkout, "npm"));
  cpSync(join(checkout, "npm.cjs"), join(checkout, "npm", "cli.js"));
  writeFileSync(join(checkout, "npm", "package.json"), '{"type":"commonjs"}');
  return checkout;
}

function setUp(checkout: string) {
  return Bun.spawn(
    [
      Bun.which("node") ?? "node",
      "-e",
      'import("./scripts/setup.mjs").then(({ setUp }) => console.log(setUp()))',
    ],
    {
      cwd: checkout,
      env: { PATH: process.env.PATH ?? "", npm_execpath: join(checkout, "npm", "cli.js") },
      stdout: "pipe",
      stderr: "pipe",
    },
  );
}

test("commands that are started at once install once, one after the other", async () => {
  const checkout = newCheckout();
  const commands = [setUp(checkout), setUp(checkout), setUp(checkout)];
  const outputs = await Promise.all(commands.map((command) => command.stdout.text()));
  expect(outputs).toEqual(Array(3).fill(`${join(checkout, "node_modules", "bun", "bin", "bun.exe")}\n`));
  expect(readFileSync(join(checkout, "npm.log"), "utf8")).toBe("begins ends ");
  expect(existsSync(join(checkout, ".setting-up"))).toBe(false);
});

test("a turn that was left by a process that is gone is taken over", async () => {
  const checkout = newCheckout();
  const gone = Bun.spawn(["true"]);
  await gone.exited;
  writeFileSync(join(checkout, ".setting-up"), String(gone.pid));
  await setUp(checkout).exited;
  expect(readFileSync(join(checkout, "npm.log"), "utf8")).toBe("begins ends ");
});
