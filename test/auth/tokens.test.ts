import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { SessionTokens } from "../../src/auth/sessionTokens.ts";
import { hashToken, makeToken, TokenVerifier } from "../../src/auth/tokens.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import type { Directory, TokenRecord } from "../../src/storage/directory.ts";
import type { GrantId, NewGrant } from "../../src/storage/grants.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { makeTestToken, throwAwayFolder } from "../support/server.ts";

describe("a token", () => {
  test("is a lower-case UUID of 36 characters, as clients check it, and never the same twice", () => {
    const tokens = Array.from({ length: 1_000 }, makeToken);
    for (const token of tokens) {
      expect(token).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect(new Set(tokens).size).toBe(1_000);
  });

  test("is kept as its SHA-256, the same for capitals", () => {
    const token = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    const sha256 = new Bun.CryptoHasher("sha256").update(token).digest("hex");
    expect(hashToken(token)).toBe(sha256);
    expect(hashToken(token.toUpperCase())).toBe(sha256);
  });
});

/** A real directory that counts how often it is asked, and can be made to fail. */
class CountedDirectory {
  asked = 0;
  failing = false;
  readonly directory: SqliteDirectory;

  constructor(directory: SqliteDirectory) {
    this.directory = directory;
  }

  async findToken(hash: string): Promise<TokenRecord | undefined> {
    this.asked++;
    if (this.failing) throw new Error("the disk is gone");
    return await this.directory.findToken(hash);
  }
}

describe("the memory of verified tokens", () => {
  let folder: string;
  let counted: CountedDirectory;

  beforeEach(async () => {
    folder = throwAwayFolder();
    counted = new CountedDirectory(await SqliteDirectory.open(join(folder, "control.db")));
  });
  afterEach(async () => {
    await counted.directory.close();
    rmSync(folder, { recursive: true });
  });

  const verifierOf = (cachedTokensMax: number) =>
    new TokenVerifier(counted as unknown as Directory, cachedTokensMax, new SessionTokens(50));
  const newToken = () => makeTestToken(counted.directory, ["data:heart_rate:read"], "anna");

  /** How often the directory is asked for these tokens, one after the other. */
  async function lookUps(verifier: TokenVerifier, tokens: readonly string[]): Promise<number> {
    const before = counted.asked;
    for (const token of tokens) await verifier.find(token);
    return counted.asked - before;
  }

  async function revoke(token: string): Promise<void> {
    const record = await counted.directory.findToken(hashToken(token));
    await counted.directory.revokeToken(record?.id as number, 0 as EpochMs);
  }

  test("a token that was found is answered at once the next time", async () => {
    const verifier = verifierOf(10);
    const token = await newToken();
    const record = await verifier.find(token);
    expect(record?.scopes).toEqual(["data:heart_rate:read"]);
    expect(verifier.find(token)).toBe(record as TokenRecord);
    expect(counted.asked).toBe(1);
  });

  test("at its limit (cachedTokensMax) every token is remembered; one more and the oldest is asked for again", async () => {
    const verifier = verifierOf(3);
    const [first, second, third, fourth] = [
      await newToken(),
      await newToken(),
      await newToken(),
      await newToken(),
    ];
    expect(await lookUps(verifier, [first, second, third])).toBe(3);
    expect(await lookUps(verifier, [first, second, third])).toBe(0);
    expect(await lookUps(verifier, [fourth])).toBe(1);
    expect(await lookUps(verifier, [second, third, fourth])).toBe(0);
    expect(await lookUps(verifier, [first])).toBe(1);
    expect(await lookUps(verifier, [third, fourth, first])).toBe(0);
  });

  test("an unknown token is never remembered, so that a new one works at once", async () => {
    const verifier = verifierOf(1);
    const [known, unknown] = [await newToken(), makeToken()];
    await verifier.find(known);
    expect(await lookUps(verifier, [unknown, unknown, unknown])).toBe(3);
    expect(await verifier.find(unknown)).toBeUndefined();
    expect(await lookUps(verifier, [known])).toBe(0);
  });

  test("after forget() every token is asked for again, and a revoked one is unknown", async () => {
    const verifier = verifierOf(10);
    const [kept, revoked] = [await newToken(), await newToken()];
    await verifier.find(kept);
    await verifier.find(revoked);
    await revoke(revoked);
    expect(verifier.find(revoked)).not.toBeInstanceOf(Promise);
    verifier.forget();
    expect(await verifier.find(revoked)).toBeUndefined();
    expect(await lookUps(verifier, [kept])).toBe(1);
  });

  test("what was asked before forget() is not remembered after it", async () => {
    const verifier = verifierOf(10);
    const token = await newToken();
    const asked = verifier.find(token);
    verifier.forget();
    expect(await asked).toBeDefined();
    await revoke(token);
    expect(await verifier.find(token)).toBeUndefined();
  });

  describe("when the tokens of one grant ended", () => {
    /** A token that an app was granted. */
    async function grantedToken(): Promise<{ readonly token: string; readonly grant: GrantId }> {
      const { clients, grants } = counted.directory;
      const now = Date.now() as EpochMs;
      const client = await clients.adopt(crypto.randomUUID(), "an app", now);
      const token = makeToken();
      const asked = { client: client.id, kind: "code", scopes: ["data:heart_rate:read"], createdAt: now };
      const expiresAt = (now + 60_000) as EpochMs;
      const kept = { accessHash: hashToken(token), accessExpiresAt: expiresAt };
      return { token, grant: await grants.create(asked as NewGrant, kept) };
    }

    test("they are asked for again, and nobody else's are", async () => {
      const verifier = verifierOf(10);
      const [mine, other] = [await grantedToken(), await grantedToken()];
      const byHand = await newToken();
      expect(await lookUps(verifier, [mine.token, other.token, byHand])).toBe(3);
      await counted.directory.grants.revoke(mine.grant, Date.now() as EpochMs);
      verifier.forgetGrant(mine.grant);
      expect(await lookUps(verifier, [other.token, byHand])).toBe(0);
      expect(await verifier.find(mine.token)).toBeUndefined();
    });

    test("a look-up that was under way is not remembered", async () => {
      const verifier = verifierOf(10);
      const { token, grant } = await grantedToken();
      const asked = verifier.find(token);
      verifier.forgetGrant(grant);
      expect(await asked).toBeDefined();
      await counted.directory.grants.revoke(grant, Date.now() as EpochMs);
      expect(await verifier.find(token)).toBeUndefined();
    });

    test("what was verified before has to be verified again", async () => {
      const verifier = verifierOf(10);
      const before = verifier.revision;
      verifier.forgetGrant((await grantedToken()).grant);
      expect(verifier.revision).not.toBe(before);
    });

    test("one that was pushed out and came back is forgotten too", async () => {
      const verifier = verifierOf(1);
      const { token, grant } = await grantedToken();
      await verifier.find(token);
      await verifier.find(await newToken());
      await verifier.find(token);
      await counted.directory.grants.revoke(grant, Date.now() as EpochMs);
      verifier.forgetGrant(grant);
      expect(await verifier.find(token)).toBeUndefined();
    });
  });

  test("a failure of the directory is passed on, never taken for an unknown token, and not remembered", async () => {
    const verifier = verifierOf(10);
    const token = await newToken();
    counted.failing = true;
    await expect(Promise.resolve(verifier.find(token))).rejects.toThrow("the disk is gone");
    counted.failing = false;
    expect(await verifier.find(token)).toBeDefined();
    counted.failing = true;
    expect(verifier.find(token)).not.toBeInstanceOf(Promise);
  });
});
