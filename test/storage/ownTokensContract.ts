import { describe, expect, test } from "bun:test";
import type { EpochMs } from "../../src/domain/reading.ts";
import type { Client } from "../../src/storage/clients.ts";
import {
  type Directory,
  MANUAL_CLIENT_ID,
  type NewToken,
  type Profile,
} from "../../src/storage/directory.ts";
import type { GrantId } from "../../src/storage/grants.ts";
import type { TokenUseCount } from "../../src/storage/tokenUses.ts";
import { type DirectoryUnderTest, onFresh } from "./directoryUnderTest.ts";

const NOON = Date.UTC(2024, 2, 1, 12) as EpochMs;
const after = (ms: number) => (NOON + ms) as EpochMs;

/** What every engine behind {@link Directory.ownTokens}, `tokenUses` and `erasures` promises. */
export function ownTokensContract(engine: string, open: () => Promise<DirectoryUnderTest>): void {
  const withDirectory = onFresh(open);
  const withAnna = (work: (directory: Directory, anna: Profile) => Promise<void>) =>
    withDirectory(async ({ directory }) => work(directory, await directory.createProfile("anna", NOON)));

  const tokenOf = (profile: Profile, more: Partial<NewToken> = {}): NewToken => ({
    hash: crypto.randomUUID(),
    profile: profile.id,
    clientId: MANUAL_CLIENT_ID,
    scopes: ["data:heart_rate:read"],
    createdAt: NOON,
    ...more,
  });

  const newGrant = async ({ clients, grants }: Directory, profile: Profile, accessHash: string) => {
    const client = (await clients.create({
      publicId: crypto.randomUUID(),
      name: "Zones",
      redirectUris: [],
      implicit: false,
      adopted: false,
      createdAt: NOON,
    })) as Client;
    const refresh = { hash: crypto.randomUUID(), expiresAt: after(9_000) };
    const grant = await grants.create(
      {
        client: client.id,
        profile: profile.id,
        kind: "code",
        scopes: ["data:heart_rate:read"],
        createdAt: NOON,
      },
      { accessHash, accessExpiresAt: after(1_000), refresh },
    );
    return { client, grant, refresh: refresh.hash };
  };

  const used = (token: number, more: Partial<TokenUseCount> = {}): TokenUseCount => ({
    token,
    grant: undefined,
    reads: 0,
    writes: 0,
    firstAt: NOON,
    lastReadAt: 0 as EpochMs,
    lastWrittenAt: 0 as EpochMs,
    ...more,
  });

  describe(`tokens made by hand on ${engine}`, () => {
    test(
      "are listed to their owner, oldest first, without those that are revoked or an app's",
      withAnna(async (directory, anna) => {
        const ben = await directory.createProfile("ben", NOON);
        const { ownTokens } = directory;
        const first = await ownTokens.create(tokenOf(anna, { label: "strap", expiresAt: after(1) }), 9);
        const second = await ownTokens.create(tokenOf(anna), 9);
        const third = await ownTokens.create(tokenOf(anna), 9);
        await ownTokens.create(tokenOf(ben), 9);
        await newGrant(directory, anna, "hash");
        expect((await ownTokens.revoke(anna.id, second as number, NOON))?.id).toBe(second);
        expect(await ownTokens.list(anna.id)).toEqual([
          {
            id: first as number,
            label: "strap",
            scopes: ["data:heart_rate:read"],
            createdAt: NOON,
            expiresAt: after(1),
            readCount: 0,
            writeCount: 0,
          },
          {
            id: third as number,
            scopes: ["data:heart_rate:read"],
            createdAt: NOON,
            readCount: 0,
            writeCount: 0,
          },
        ]);
      }),
    );

    test(
      "are as many as may be, however many are asked for at once; revoked ones and an app's do not count",
      withAnna(async (directory, anna) => {
        const { ownTokens } = directory;
        await newGrant(directory, anna, "hash");
        const made = await Promise.all([1, 2, 3, 4].map(() => ownTokens.create(tokenOf(anna), 3)));
        expect(made.filter((id) => id === undefined)).toHaveLength(1);
        const [one] = made.filter((id) => id !== undefined);
        await ownTokens.revoke(anna.id, one as number, NOON);
        expect(await ownTokens.create(tokenOf(anna), 3)).toBeDefined();
      }),
    );

    test(
      "are revoked once, by their owner, and an app's are not",
      withAnna(async (directory, anna) => {
        const ben = await directory.createProfile("ben", NOON);
        const { ownTokens } = directory;
        const id = (await ownTokens.create(tokenOf(anna, { hash: "own" }), 9)) as number;
        await newGrant(directory, anna, "app");
        const ofApp = (await directory.findToken("app"))?.id as number;
        expect(await ownTokens.revoke(ben.id, id, NOON)).toBeUndefined();
        expect(await ownTokens.revoke(anna.id, ofApp, NOON)).toBeUndefined();
        expect(await ownTokens.revoke(anna.id, id, NOON)).toBeDefined();
        expect(await ownTokens.revoke(anna.id, id, NOON)).toBeUndefined();
        expect(await directory.findToken("own")).toBeUndefined();
        expect(await directory.findToken("app")).toBeDefined();
      }),
    );
  });

  describe(`uses of tokens on ${engine}`, () => {
    test(
      "add up, each kind with its last time, and the first time stays",
      withAnna(async ({ ownTokens, tokenUses }, anna) => {
        const id = (await ownTokens.create(tokenOf(anna), 9)) as number;
        const [own] = await ownTokens.list(anna.id);
        await tokenUses.add([used(id, { reads: 2, firstAt: after(1), lastReadAt: after(5) })], [id]);
        await tokenUses.add([used(id, { writes: 3, firstAt: after(6), lastWrittenAt: after(9) })], []);
        expect(await ownTokens.list(anna.id)).toEqual([
          {
            ...(own as NonNullable<typeof own>),
            firstUsedAt: after(1),
            lastReadAt: after(5),
            lastWrittenAt: after(9),
            readCount: 2,
            writeCount: 3,
          },
        ]);
      }),
    );

    test(
      "are counted of any number of tokens at once, and of none that is gone",
      withAnna(async ({ ownTokens, tokenUses }, anna) => {
        const ids: number[] = [];
        for (let made = 0; made < 250; made++) {
          ids.push((await ownTokens.create(tokenOf(anna), 999)) as number);
        }
        const counts = [...ids, 999_999].map((id, place) => used(id, { writes: place + 1 }));
        await tokenUses.add(counts, [...ids, 999_999]);
        const listed = await ownTokens.list(anna.id);
        expect(listed.map(({ writeCount }) => writeCount)).toEqual(ids.map((_, place) => place + 1));
      }),
    );

    test(
      "of an app are its grant's, also when its token was renewed meanwhile",
      withAnna(async (directory, anna) => {
        const { grants, tokenUses } = directory;
        const { grant, refresh } = await newGrant(directory, anna, "first");
        const { id: first } = (await directory.findToken("first")) ?? { id: 0 };
        const { id: refreshId } = (await grants.findRefreshToken(refresh)) ?? { id: 0 };
        const pair = { accessHash: "second", accessExpiresAt: after(2_000) };
        await grants.rotate(refreshId, { ...pair, scopes: ["data:heart_rate:read"] }, "sealed", NOON);
        const { id: second } = (await directory.findToken("second")) ?? { id: 0 };
        const ofGrant = { grant: grant as GrantId, writes: 2, lastWrittenAt: after(3) };
        await tokenUses.add(
          [used(first, ofGrant), used(second, { ...ofGrant, lastWrittenAt: after(4) })],
          [],
        );
        expect(await grants.listApps(anna.id, NOON)).toMatchObject([
          { readCount: 0, writeCount: 4, lastWrittenAt: after(4) },
        ]);
      }),
    );

    test(
      "that are the first stand in the trail, once, with what the token is for",
      withAnna(async (directory, anna) => {
        const { ownTokens, tokenUses, trail } = directory;
        const id = (await ownTokens.create(tokenOf(anna, { label: "strap" }), 9)) as number;
        const { client } = await newGrant(directory, anna, "app");
        const { id: ofApp, grant } = (await directory.findToken("app")) ?? { id: 0 };
        const counts = [used(id, { firstAt: after(7) }), used(ofApp, { grant, firstAt: after(8) })];
        await tokenUses.add(counts, [id, ofApp]);
        await tokenUses.add(counts, [id, ofApp]);
        const entries = (await trail.read(anna.id, 9)).map(({ at, kind, details }) => ({
          at,
          kind,
          details,
        }));
        expect(entries).toEqual([
          {
            at: after(8),
            kind: "token_first_used",
            details: { client_id: client.publicId, client_name: "Zones" },
          },
          { at: after(7), kind: "token_first_used", details: { name: "strap" } },
        ]);
      }),
    );
  });

  describe(`erasures on ${engine}`, () => {
    test(
      "take a profile with its trail away at once, and are noted until they are finished",
      withAnna(async (directory, anna) => {
        const { erasures, trail, ownTokens } = directory;
        await ownTokens.create(tokenOf(anna, { hash: "own" }), 9);
        await trail.record({ at: NOON, profile: anna.id, kind: "signed_in" });
        expect(await erasures.begin(anna.id, NOON)).toBe(true);
        expect(await erasures.begin(anna.id, NOON)).toBe(false);
        expect(await directory.findToken("own")).toBeUndefined();
        expect(await directory.findProfile("anna")).toBeUndefined();
        expect(await trail.read(anna.id, 9)).toEqual([]);
        expect(await erasures.list()).toEqual([{ profile: anna.id, begunAt: NOON }]);
        await erasures.overwriteDeleted();
        await erasures.finish(anna.id, NOON);
        await erasures.finish(anna.id, NOON);
        expect(await erasures.list()).toEqual([]);
      }),
    );

    test(
      "give the number of a profile to nobody else",
      withAnna(async (directory, anna) => {
        await directory.erasures.begin(anna.id, NOON);
        await directory.erasures.overwriteDeleted();
        await directory.erasures.finish(anna.id, NOON);
        expect((await directory.createProfile("anna", NOON)).id).toBeGreaterThan(anna.id);
      }),
    );

    test(
      "leave what others have with somebody as it is, but for apps that they registered",
      withAnna(async (directory, anna) => {
        const ben = await directory.createProfile("ben", NOON);
        const create = { configuration: {}, createdAt: NOON, ownedMax: 9, membershipsMax: 9 };
        const made = await directory.rooms.create({ ...create, owner: ben.id });
        await newGrant(directory, ben, "of ben");
        await directory.erasures.begin(anna.id, NOON);
        expect(made.outcome).toBe("created");
        expect(await directory.rooms.list(ben.id)).toHaveLength(1);
        expect(await directory.findToken("of ben")).toBeDefined();
      }),
    );
  });
}
