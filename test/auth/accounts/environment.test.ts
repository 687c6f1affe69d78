import { expect, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeBetterAuth } from "../../../src/auth/accounts/betterAuth.ts";
import { Passwords } from "../../../src/auth/accounts/passwords.ts";
import { DEFAULT_LIMITS } from "../../../src/settings/limits.ts";
import { SqliteDirectory } from "../../../src/storage/sqlite/sqliteDirectory.ts";
import { RunningCommand } from "../../support/runningCommand.ts";
import { throwAwayFolder } from "../../support/server.ts";
import { PASSWORD, PageBrowser } from "../../support/session/browser.ts";

const FOREIGN_SECRET = "a secret of another program on this machine";

/** Variables by which better-auth can be told something, as another program on the machine may have set them. */
const foreign = (endpoint: string) => ({
  BETTER_AUTH_TELEMETRY: "1",
  BETTER_AUTH_TELEMETRY_ENDPOINT: endpoint,
  BETTER_AUTH_SECRET: FOREIGN_SECRET,
  BETTER_AUTH_SECRETS: `7:${FOREIGN_SECRET}`,
  BETTER_AUTH_URL: "https://attacker.example",
  BETTER_AUTH_TRUSTED_ORIGINS: "https://attacker.example",
  AUTH_SECRET: FOREIGN_SECRET,
  BASE_URL: "https://attacker.example",
});

test("variables that better-auth goes by change nothing: it tells nobody anything, and cookies are signed by our secret", async () => {
  const told: string[] = [];
  using listener = Bun.serve({
    port: 0,
    async fetch(request) {
      told.push(await request.text());
      return new Response();
    },
  });
  const folder = throwAwayFolder();
  await using server = new RunningCommand(
    [process.execPath, "src/cli/main.ts", "serve", "--port", "0", "--data", folder],
    { ...foreign(listener.url.href), NODE_ENV: "production" },
  );
  const [, origin = ""] = await server.stderr.until(/serves at (\S+?)\. Ctrl-C/);
  const [, code = ""] = /sign-up#(\S+)/.exec(readFileSync(join(folder, "first-run.txt"), "utf8")) ?? [];
  const browser = new PageBrowser(origin);
  const account = { email: "anna@example.org", name: "Anna", password: PASSWORD, code };
  expect((await browser.post("sign-up", account)).status).toBe(200);
  expect((await browser.post("token")).status).toBe(200);
  expect((await browser.post("sign-out", undefined, { origin: "https://attacker.example" })).status).toBe(
    403,
  );

  const [name, value = ""] = [...browser.cookies][0] ?? [];
  expect(name).toBe("heartwire.session_token");
  const [token = "", signature] = decodeURIComponent(value).split(".");
  const secret = readFileSync(join(folder, "secret"), "utf8").trim();
  const signed = new Bun.CryptoHasher("sha256", secret).update(token).digest("base64");
  expect(signature).toBe(signed);
  expect(told).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test("nothing that was sealed by a secret of the environment can be opened here", async () => {
  const before = { ...process.env };
  Object.assign(process.env, foreign("http://localhost:1"));
  const folder = throwAwayFolder();
  const directory = await SqliteDirectory.open(join(folder, "control.db"));
  const own = "a secret of this server's, long enough to be one";
  try {
    const { $context } = makeBetterAuth({
      origin: "https://heart.example.org",
      database: directory.people.database,
      secret: own,
      passwords: new Passwords(DEFAULT_LIMITS),
      permit: () => undefined,
      outsideLinked: async () => {},
      report: () => {},
    });
    const context = await $context;
    expect(JSON.stringify(context.secretConfig)).not.toContain(FOREIGN_SECRET);
    expect(context.secretConfig).toMatchObject({ currentVersion: 1, legacySecret: own });
    expect(context.trustedOrigins).toEqual(["https://heart.example.org"]);
    expect({ origin: context.skipOriginCheck, csrf: context.skipCSRFCheck }).toEqual({
      origin: false,
      csrf: false,
    });
  } finally {
    for (const name of Object.keys(foreign(""))) delete process.env[name];
    Object.assign(process.env, before);
    await directory.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
