import { afterAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { passkey } from "@better-auth/passkey";
import { getMigrations } from "better-auth/db/migration";
import { storedAs } from "../../../src/auth/accounts/betterAuth.ts";
import { PASSKEY } from "../../../src/auth/accounts/schema.ts";
import { SqliteDirectory } from "../../../src/storage/sqlite/sqliteDirectory.ts";
import { throwAwayFolder } from "../../support/server.ts";

const folder = throwAwayFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("better-auth finds nothing to add to our tables", async () => {
  const directory = await SqliteDirectory.open(join(folder, "control.db"));
  const config = {
    ...storedAs({ database: directory.people.database }),
    plugins: [passkey({ schema: PASSKEY })],
  };
  const { toBeCreated, toBeAdded } = await getMigrations(config);
  expect({ toBeCreated, toBeAdded }).toEqual({ toBeCreated: [], toBeAdded: [] });
  await directory.close();
});

test("a server does not load better-auth before somebody needs it", async () => {
  const script = `
    await import("./src/server.ts");
    const loaded = () => Object.keys(require.cache).filter((path) => path.includes("better-auth")).length;
    const before = loaded();
    await import("./src/auth/accounts/betterAuth.ts");
    console.log(JSON.stringify({ before, after: loaded() > 0 }));`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "inherit" });
  expect(JSON.parse(await child.stdout.text())).toEqual({ before: 0, after: true });
});
