import { afterAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { AccountRefused } from "../../../src/auth/accounts/accountRefused.ts";
import { SignUpPermit } from "../../../src/auth/accounts/signUpPermit.ts";
import type { EpochMs } from "../../../src/domain/reading.ts";
import { SqliteDirectory } from "../../../src/storage/sqlite/sqliteDirectory.ts";
import { throwAwayFolder } from "../../support/server.ts";

const NOW = Date.UTC(2024, 2, 1) as EpochMs;
const folder = throwAwayFolder();
const directory = await SqliteDirectory.open(join(folder, "control.db"));
afterAll(async () => {
  await directory.close();
  rmSync(folder, { recursive: true, force: true });
});

const newPermit = (codeHash: string) => new SignUpPermit("invitation", directory.links, () => NOW, codeHash);

test("of a hundred sign-ups by one link at the same moment, one is permitted; the link comes back when it makes no account", async () => {
  const link = {
    kind: "invitation",
    codeHash: "hash",
    createdAt: NOW,
    expiresAt: (NOW + 1) as EpochMs,
  } as const;
  await directory.links.create(link);
  for (let round = 0; round < 2; round++) {
    const permits = Array.from({ length: 100 }, () => newPermit("hash"));
    const used = await Promise.allSettled(permits.map((permit) => permit.use(undefined)));
    expect(used.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(permits.filter(({ refusal }) => refusal?.reason === "sign-up link over")).toHaveLength(99);
    // No account was made: whoever ends gives back what they took, and nobody else anything.
    for (const permit of permits) await permit.end();
  }
  const winner = newPermit("hash");
  await winner.use(undefined);
  winner.made("somebody");
  await winner.end();
  expect(await directory.links.find("hash", NOW)).toBeUndefined();
});

test("a link that sets a password anew makes no account, and stays good for what it is", async () => {
  const kept = { kind: "reset", codeHash: "reset", createdAt: NOW, expiresAt: (NOW + 1) as EpochMs } as const;
  await directory.links.create(kept);
  // As it may come back from the outside provider, where nobody has looked at its kind.
  const permit = new SignUpPermit("open", directory.links, () => NOW);
  expect(await permit.use("reset").catch((error: AccountRefused) => error.reason)).toBe("sign-up link over");
  expect(await directory.links.find("reset", NOW)).toMatchObject({ kind: "reset" });
});
