import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keptSecret } from "../../../src/auth/accounts/secret.ts";
import { FILES } from "../../../src/storage/sqlite/files.ts";
import { startTestServer, throwAwayFolder } from "../../support/server.ts";
import { CHEAP_PASSWORDS, PageBrowser } from "../../support/session/browser.ts";
import { newAccount } from "../../support/session/people.ts";

const parent = throwAwayFolder();
let made = 0;
afterAll(() => rmSync(parent, { recursive: true, force: true }));

function newFolder(): string {
  const folder = join(parent, String(++made));
  mkdirSync(folder);
  return folder;
}

describe("the secret of a data folder", () => {
  test("is made once, of 256 bits of chance, for its owner alone", () => {
    const folder = newFolder();
    const secret = keptSecret(folder);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(keptSecret(folder)).toBe(secret);
    expect(keptSecret(newFolder())).not.toBe(secret);
    expect(readdirSync(folder)).toEqual([FILES.secret]);
    expect(statSync(join(folder, FILES.secret)).mode & 0o777).toBe(0o600);
  });

  test("is made anew over what a crash left beside it", () => {
    const folder = newFolder();
    writeFileSync(join(folder, `${FILES.secret}.new`), "ha");
    expect(keptSecret(folder)).toMatch(/^[\w-]{43}$/);
    expect(readdirSync(folder)).toEqual([FILES.secret]);
  });

  for (const [what, spoil] of [
    ["is empty", (file: string) => writeFileSync(file, "")],
    ["is too short", (file: string) => writeFileSync(file, "x".repeat(31))],
    ["is a folder", (file: string) => mkdirSync(file)],
    ["is a link", (file: string) => symlinkSync("/etc/hostname", file)],
  ] as const) {
    test(`that ${what} is refused, with what to do`, () => {
      const folder = newFolder();
      spoil(join(folder, FILES.secret));
      expect(() => keptSecret(folder)).toThrow(/secret holds no secret .* Move it away/);
    });
  }
});

describe("a server", () => {
  const options = { passwordCost: CHEAP_PASSWORDS };

  test("makes its secret when somebody first signs in, and knows them after a restart", async () => {
    const folder = newFolder();
    let cookies: PageBrowser["cookies"];
    {
      await using server = await startTestServer({ ...options, folder });
      expect(readdirSync(folder)).not.toContain(FILES.secret);
      cookies = (await newAccount(server)).browser.cookies;
      expect(readdirSync(folder)).toContain(FILES.secret);
    }
    await using server = await startTestServer({ ...options, folder });
    const browser = new PageBrowser(server.origin);
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    expect((await browser.post("token")).status).toBe(200);
  });

  test("takes HEARTWIRE_SECRET in its place; who changes it signs everybody out", async () => {
    const folder = newFolder();
    const withSecret = (secret: string) =>
      startTestServer({ ...options, folder, environment: { HEARTWIRE_SECRET: secret } });
    let cookies: PageBrowser["cookies"];
    {
      await using server = await withSecret("a".repeat(32));
      cookies = (await newAccount(server)).browser.cookies;
    }
    expect(readdirSync(folder)).not.toContain(FILES.secret);
    for (const [secret, status] of [
      ["a".repeat(32), 200],
      ["b".repeat(32), 401],
    ] as const) {
      await using server = await withSecret(secret);
      const browser = new PageBrowser(server.origin);
      for (const [name, value] of cookies) browser.cookies.set(name, value);
      expect((await browser.post("token")).status).toBe(status);
    }
  });

  test("goes by its own secret whatever the environment tells better-auth", async () => {
    process.env.BETTER_AUTH_SECRETS = `1:${"x".repeat(40)}`;
    try {
      const folder = newFolder();
      await using server = await startTestServer({ ...options, folder });
      const { browser } = await newAccount(server);
      const [, token = "", signature = ""] =
        /session_token=([^.]+)\.([^;]+)/.exec(decodeURIComponent(browser.cookie)) ?? [];
      const key = readFileSync(join(folder, FILES.secret), "utf8").trim();
      expect(new Bun.CryptoHasher("sha256", key).update(token).digest("base64")).toBe(signature);
    } finally {
      delete process.env.BETTER_AUTH_SECRETS;
    }
  });
});
