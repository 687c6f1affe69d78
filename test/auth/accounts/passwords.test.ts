import { describe, expect, test } from "bun:test";
import { AccountRefused } from "../../../src/auth/accounts/accountRefused.ts";
import { Passwords } from "../../../src/auth/accounts/passwords.ts";
import { DEFAULT_LIMITS } from "../../../src/settings/limits.ts";

const CHEAP = { memoryKibibytes: 8, passes: 1 };

describe("a password", () => {
  test("is hashed by argon2id with what OWASP asks for, and a salt of its own", async () => {
    const passwords = new Passwords(DEFAULT_LIMITS);
    const hashes = [await passwords.hash("correct horse"), await passwords.hash("correct horse")];
    for (const hash of hashes) {
      expect(hash).toStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
      expect(await passwords.verify({ hash, password: "correct horse" })).toBe(true);
      expect(await passwords.verify({ hash, password: "Correct horse" })).toBe(false);
    }
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  test("is the same on a keyboard that writes its letters in two parts", async () => {
    const passwords = new Passwords(DEFAULT_LIMITS, CHEAP);
    const hash = await passwords.hash("Gr\u00fc\u00dfe aus K\u00f6ln");
    expect(await passwords.verify({ hash, password: "Gru\u0308\u00dfe aus Ko\u0308ln" })).toBe(true);
  });

  test("counts to its last letter: none is cut off", async () => {
    const passwords = new Passwords(DEFAULT_LIMITS, CHEAP);
    const hash = await passwords.hash(`${"x".repeat(127)}a`);
    expect(await passwords.verify({ hash, password: `${"x".repeat(127)}b` })).toBe(false);
  });
});

describe("of a crowd", () => {
  const limits = { passwordHashesMax: 2, passwordHashesWaitingMax: 3 };
  const crowd = (passwords: Passwords, size: number) =>
    Promise.allSettled(Array.from({ length: size }, () => passwords.hash("correct horse")));

  test("as many as run and wait are hashed; one more is refused at once", async () => {
    const passwords = new Passwords(limits, CHEAP);
    const all = await crowd(passwords, 5);
    expect(all.map(({ status }) => status)).toEqual(Array(5).fill("fulfilled"));
    const more = await crowd(passwords, 6);
    expect(more.filter(({ status }) => status === "rejected")).toEqual([
      { status: "rejected", reason: expect.objectContaining({ reason: "too many waiting" }) },
    ]);
    expect((more[5] as PromiseRejectedResult).reason).toBeInstanceOf(AccountRefused);
  });

  test("no more are hashed at the same time than the limit says", async () => {
    const { hash } = Bun.password;
    let running = 0;
    let most = 0;
    Bun.password.hash = async (...given: Parameters<typeof hash>) => {
      most = Math.max(most, ++running);
      try {
        return await hash(...given);
      } finally {
        running--;
      }
    };
    try {
      await crowd(new Passwords({ passwordHashesMax: 2, passwordHashesWaitingMax: 100 }, CHEAP), 30);
    } finally {
      Bun.password.hash = hash;
    }
    expect(most).toBe(2);
  });

  test("a hash that fails makes room for the next", async () => {
    const passwords = new Passwords({ passwordHashesMax: 1, passwordHashesWaitingMax: 100 }, CHEAP);
    // The runtime refuses to hash nothing.
    const failing = await Promise.allSettled(Array.from({ length: 5 }, () => passwords.hash("")));
    expect(failing.every(({ status }) => status === "rejected")).toBe(true);
    expect(await passwords.hash("correct horse")).toStartWith("$argon2id$");
  });
});
