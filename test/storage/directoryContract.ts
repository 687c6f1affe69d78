import { describe, expect, test } from "bun:test";
import type { EpochMs, ProfileId } from "../../src/domain/reading.ts";
import { isUuid } from "../../src/domain/uuid.ts";
import type { Directory, NewToken, Profile } from "../../src/storage/directory.ts";
import { type DirectoryUnderTest, onFresh } from "./directoryUnderTest.ts";

const NOON = Date.UTC(2024, 2, 1, 12) as EpochMs;
const CLIENT = "0d6f7a52-3b8e-4c1d-9f60-5a7b8c9d0e1f";

/** A quarter of a second, and patience with a busy machine. */
const TOLD_WITHIN_MS = 2_000;

const hashOf = (index: number) => index.toString(16).padStart(64, "0");

function newToken(profile: Profile, index: number, more: Partial<NewToken> = {}): NewToken {
  return {
    hash: hashOf(index),
    profile: profile.id,
    clientId: CLIENT,
    scopes: ["data:heart_rate:read"],
    createdAt: NOON,
    ...more,
  };
}

/** What every engine behind {@link Directory} promises. */
export function directoryContract(engine: string, open: () => Promise<DirectoryUnderTest>): void {
  const withDirectory = onFresh(open);

  describe(`profiles on ${engine}`, () => {
    test(
      "a profile that was made is found by its name, with an id and a UUID of its own",
      withDirectory(async ({ directory }) => {
        const anna = await directory.createProfile("anna", NOON);
        const ben = await directory.createProfile("ben", NOON);
        expect(await directory.findProfile("anna")).toEqual(anna);
        expect(await directory.findProfile("ben")).toEqual(ben);
        expect(isUuid(anna.publicId)).toBe(true);
        expect(ben.publicId).not.toBe(anna.publicId);
        expect(ben.id).not.toBe(anna.id);
      }),
    );

    test(
      "a name that nobody has is not found; capitals and accents make another name",
      withDirectory(async ({ directory }) => {
        await directory.createProfile("Zoë 💛 ' ; --", NOON);
        expect(await directory.findProfile("Zoë 💛 ' ; --")).toMatchObject({ name: "Zoë 💛 ' ; --" });
        for (const name of ["zoë 💛 ' ; --", "Zoe 💛 ' ; --", "%", ""]) {
          expect(await directory.findProfile(name)).toBeUndefined();
        }
      }),
    );

    test(
      "a name is taken once",
      withDirectory(async ({ directory }) => {
        const anna = await directory.createProfile("anna", NOON);
        await expect(directory.createProfile("anna", NOON)).rejects.toThrow();
        expect(await directory.findProfile("anna")).toEqual(anna);
      }),
    );

    test(
      "findOrCreateProfile makes a profile once and finds it from then on",
      withDirectory(async ({ directory }) => {
        const made = await directory.findOrCreateProfile("anna", NOON);
        expect(await directory.findOrCreateProfile("anna", (NOON + 1) as EpochMs)).toEqual(made);
        expect(await directory.findProfile("anna")).toEqual(made);
      }),
    );

    test(
      "many that ask findOrCreateProfile for one new name at once, also beside the server, get the same profile",
      withDirectory(async ({ directory, openBeside }) => {
        const beside = await openBeside();
        const profiles = await Promise.all(
          Array.from({ length: 8 }, (_, index) =>
            (index % 2 === 0 ? directory : beside).findOrCreateProfile("anna", NOON),
          ),
        );
        expect(new Set(profiles.map(({ publicId }) => publicId)).size).toBe(1);
        await beside.close();
      }),
    );
  });

  describe(`tokens on ${engine}`, () => {
    test(
      "a token is found by its hash, with everything it opens, also when it ended long ago",
      withDirectory(async ({ directory }) => {
        const anna = await directory.createProfile("anna", NOON);
        const id = await directory.createToken(
          newToken(anna, 1, {
            scopes: ["data:heart_rate:read", "profile:read"],
            expiresAt: 1 as EpochMs,
          }),
        );
        await directory.createToken(newToken(anna, 2));
        expect(await directory.findToken(hashOf(1))).toEqual({
          id,
          profile: anna,
          clientId: CLIENT,
          scopes: ["data:heart_rate:read", "profile:read"],
          expiresAt: 1 as EpochMs,
        });
        expect(await directory.findToken(hashOf(2))).not.toHaveProperty("expiresAt");
        expect(await directory.findToken(hashOf(3))).toBeUndefined();
      }),
    );

    test(
      "a token's number is its own, and is not given again",
      withDirectory(async ({ directory }) => {
        const anna = await directory.createProfile("anna", NOON);
        const ids: number[] = [];
        for (let index = 1; index <= 5; index++) ids.push(await directory.createToken(newToken(anna, index)));
        expect(new Set(ids).size).toBe(5);
        await expect(directory.createToken(newToken(anna, 1))).rejects.toThrow();
        expect(await directory.listTokens()).toHaveLength(5);
      }),
    );

    test(
      "a token of a profile that does not exist is refused",
      withDirectory(async ({ directory }) => {
        const nobody: Profile = { id: 99 as ProfileId, publicId: "", name: "" };
        await expect(directory.createToken(newToken(nobody, 1))).rejects.toThrow();
        expect(await directory.listTokens()).toEqual([]);
      }),
    );

    test(
      "a revoked token is not found, and is revoked once",
      withDirectory(async ({ directory }) => {
        const anna = await directory.createProfile("anna", NOON);
        const id = await directory.createToken(newToken(anna, 1));
        const other = await directory.createToken(newToken(anna, 2));
        expect(await directory.revokeToken(id, (NOON + 5) as EpochMs)).toBe(true);
        expect(await directory.revokeToken(id, (NOON + 9) as EpochMs)).toBe(false);
        expect(await directory.revokeToken(99, NOON)).toBe(false);
        expect(await directory.findToken(hashOf(1))).toBeUndefined();
        expect(await directory.findToken(hashOf(2))).toMatchObject({ id: other });
        const times = (await directory.listTokens()).map(({ revokedAt }) => revokedAt);
        expect(times).toEqual([(NOON + 5) as EpochMs, undefined]);
      }),
    );

    test(
      "every token is listed, oldest first, expired and revoked ones included",
      withDirectory(async ({ directory }) => {
        const anna = await directory.createProfile("anna", NOON);
        const ben = await directory.createProfile("ben", NOON);
        expect(await directory.listTokens()).toEqual([]);
        const first = await directory.createToken(newToken(anna, 9, { label: "strap" }));
        const second = await directory.createToken(newToken(ben, 1, { expiresAt: 1 as EpochMs }));
        await directory.revokeToken(first, NOON);
        const token = { clientId: CLIENT, scopes: ["data:heart_rate:read"] as const, createdAt: NOON };
        expect(await directory.listTokens()).toEqual([
          { ...token, id: first, profile: anna, label: "strap", revokedAt: NOON },
          { ...token, id: second, profile: ben, expiresAt: 1 as EpochMs },
        ]);
      }),
    );

    test(
      "of many tokens those that are not revoked are told, more than one statement may ask about too",
      withDirectory(async ({ directory }) => {
        const anna = await directory.createProfile("anna", NOON);
        const ids: number[] = [];
        for (let index = 1; index <= 4; index++) ids.push(await directory.createToken(newToken(anna, index)));
        await directory.revokeToken(ids[1] as number, NOON);
        const unknown = Array.from({ length: 70_000 }, (_, index) => 1_000_000 + index);
        expect(await directory.findUnrevoked([...ids.slice(0, 3), ...unknown])).toEqual(
          new Set([ids[0], ids[2]] as number[]),
        );
        expect(await directory.findUnrevoked([])).toEqual(new Set());
      }),
    );

    test(
      "hasTokens says whether a token was ever made, also when it is revoked by now",
      withDirectory(async ({ directory }) => {
        const anna = await directory.createProfile("anna", NOON);
        expect(await directory.hasTokens()).toBe(false);
        const id = await directory.createToken(newToken(anna, 1));
        expect(await directory.hasTokens()).toBe(true);
        await directory.revokeToken(id, NOON);
        expect(await directory.hasTokens()).toBe(true);
      }),
    );

    test(
      "what one process commits, another one finds at once",
      withDirectory(async ({ directory, openBeside }) => {
        const beside = await openBeside();
        const anna = await beside.createProfile("anna", NOON);
        const id = await beside.createToken(newToken(anna, 1));
        expect(await directory.findToken(hashOf(1))).toMatchObject({ id, profile: anna });
        await beside.revokeToken(id, NOON);
        expect(await directory.findToken(hashOf(1))).toBeUndefined();
        await beside.close();
      }),
    );

    test(
      "an engine that cannot answer throws, and never says that a token is unknown",
      withDirectory(async ({ directory, breakEngine }) => {
        const anna = await directory.createProfile("anna", NOON);
        await directory.createToken(newToken(anna, 1));
        await breakEngine();
        await expect(directory.findToken(hashOf(1))).rejects.toThrow();
        await expect(directory.findUnrevoked([1])).rejects.toThrow();
        await expect(directory.revokeToken(1, NOON)).rejects.toThrow();
        await expect(directory.findProfile("anna")).rejects.toThrow();
      }),
    );
  });

  describe(`watching on ${engine}`, () => {
    test(
      "another process' change is told, every time there is one, and this one's own is not",
      withDirectory(async ({ directory, openBeside }) => {
        const beside = await openBeside();
        const { seen, end } = watch(directory);
        const anna = await directory.createProfile("anna", NOON);
        await quietTime();
        expect(seen.changes).toBe(0);
        const id = await beside.createToken(newToken(anna, 1));
        await until(() => seen.changes === 1);
        await beside.revokeToken(id, NOON);
        await until(() => seen.changes === 2);
        await quietTime();
        expect(seen).toEqual({ changes: 2, errors: 0 });
        end();
        await beside.close();
      }),
    );

    test(
      "after it was ended nothing is told",
      withDirectory(async ({ directory, openBeside }) => {
        const beside = await openBeside();
        const [ended, going] = [watch(directory), watch(directory)];
        ended.end();
        await beside.createProfile("anna", NOON);
        await until(() => going.seen.changes === 1);
        expect(ended.seen.changes).toBe(0);
        going.end();
        await beside.close();
      }),
    );

    test(
      "when changes cannot be found out, that is told, and is not taken for a change",
      withDirectory(async ({ directory, breakEngine }) => {
        const { seen, end } = watch(directory);
        await breakEngine();
        await until(() => seen.errors > 0);
        end();
        expect(seen.changes).toBe(0);
      }),
    );
  });
}

function watch(directory: Directory) {
  const seen = { changes: 0, errors: 0 };
  const onChange = () => void seen.changes++;
  const end = directory.watch(onChange, () => void seen.errors++);
  return { seen, end };
}

/** Longer than a watcher takes to tell: what is not told by then will not be. */
const quietTime = () => Bun.sleep(600);

async function until(holds: () => boolean): Promise<void> {
  const endsAtMs = performance.now() + TOLD_WITHIN_MS;
  while (!holds()) {
    if (performance.now() > endsAtMs) throw new Error(`It did not come true in time: ${holds}`);
    await Bun.sleep(5);
  }
}
