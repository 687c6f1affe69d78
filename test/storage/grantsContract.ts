import { describe, expect, test } from "bun:test";
import type { EpochMs, ProfileId } from "../../src/domain/reading.ts";
import type { Scope } from "../../src/domain/scopes.ts";
import type { Client } from "../../src/storage/clients.ts";
import type { Directory } from "../../src/storage/directory.ts";
import type {
  AuthorizationCode,
  GrantKind,
  NewCode,
  NewGrant,
  NewTokenPair,
} from "../../src/storage/grants.ts";
import { OtherSecretPinned, REPEAT_MS } from "../../src/storage/grants.ts";
import type { TrailKind } from "../../src/storage/trail.ts";
import { type DirectoryUnderTest, onFresh } from "./directoryUnderTest.ts";

const NOON = Date.UTC(2024, 2, 1, 12) as EpochMs;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SCOPES: readonly Scope[] = ["data:heart_rate:read", "profile:read"];

const after = (milliseconds: number) => (NOON + milliseconds) as EpochMs;
const hashOf = (name: string) => Buffer.from(name).toString("hex").padEnd(64, "0");

/** A person with an app. */
class Scene {
  readonly directory: Directory;
  readonly client: Client;
  readonly profile: ProfileId;

  private constructor(directory: Directory, client: Client, profile: ProfileId) {
    this.directory = directory;
    this.client = client;
    this.profile = profile;
  }

  static async of(directory: Directory): Promise<Scene> {
    const { id } = await directory.createProfile(crypto.randomUUID(), NOON);
    const client = await directory.clients.adopt(crypto.randomUUID(), "App", NOON);
    return new Scene(directory, client, id);
  }

  grant(kind: GrantKind = "code", createdAt = NOON): NewGrant {
    return { client: this.client.id, profile: this.profile, kind, scopes: SCOPES, createdAt };
  }

  /** Tokens whose hashes are made from a name. */
  pair(name: string, more: { readonly refresh?: boolean; readonly from?: EpochMs } = {}): NewTokenPair {
    const from = more.from ?? NOON;
    const refresh = { hash: hashOf(`${name} refresh`), expiresAt: (from + 365 * DAY_MS) as EpochMs };
    return {
      accessHash: hashOf(name),
      accessExpiresAt: (from + HOUR_MS) as EpochMs,
      ...(more.refresh === false ? {} : { refresh }),
    };
  }

  async code(name: string, more: Partial<NewCode> = {}): Promise<AuthorizationCode> {
    await this.directory.grants.createCode({
      codeHash: hashOf(name),
      client: this.client.id,
      profile: this.profile,
      redirectUri: "https://app.example/cb",
      redirectUriGiven: true,
      scopes: SCOPES,
      scopesDiffer: false,
      createdAt: NOON,
      expiresAt: after(60_000),
      ...more,
    });
    return (await this.directory.grants.findCode(hashOf(name))) as AuthorizationCode;
  }

  findRefresh(name: string) {
    return this.directory.grants.findRefreshToken(hashOf(`${name} refresh`));
  }

  findAccess(name: string) {
    return this.directory.findToken(hashOf(name));
  }

  async rotate(name: string, next: string, sealed = "sealed", now = after(1_000)): Promise<boolean> {
    const found = await this.findRefresh(name);
    const tokens = { ...this.pair(next, { from: now }), scopes: SCOPES };
    return this.directory.grants.rotate(found?.id as number, tokens, sealed, now);
  }
}

/** What every engine behind `Grants` promises. */
export function grantsContract(engine: string, open: () => Promise<DirectoryUnderTest>): void {
  const withDirectory = onFresh(open);
  const withScene = (work: (scene: Scene, opened: DirectoryUnderTest) => Promise<void>) =>
    withDirectory(async (opened) => work(await Scene.of(opened.directory), opened));

  describe(`codes on ${engine}`, () => {
    test(
      "a code is found by its hash, as it was made",
      withScene(async (scene) => {
        const more = { redirectUriGiven: false, scopesDiffer: true, codeChallenge: "c".repeat(43) };
        for (const [name, extra] of [
          ["plain", {}],
          ["full", more],
        ] as const) {
          const code = await scene.code(name, extra);
          expect(code).toEqual({
            id: expect.any(Number),
            client: scene.client.id,
            profile: scene.profile,
            redirectUri: "https://app.example/cb",
            redirectUriGiven: true,
            scopes: SCOPES,
            scopesDiffer: false,
            createdAt: NOON,
            expiresAt: after(60_000),
            ...extra,
          } as never);
        }
        expect(await scene.directory.grants.findCode(hashOf("other"))).toBeUndefined();
      }),
    );

    test(
      "of many who redeem one at the same time, also beside the server, one succeeds, and its tokens alone are there",
      withScene(async (scene, { openBeside }) => {
        const beside = await openBeside();
        const code = await scene.code("code");
        const redeemed = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            (index % 2 === 0 ? scene.directory : beside).grants.redeemCode(
              code.id,
              scene.grant(),
              scene.pair(`try ${index}`),
            ),
          ),
        );
        expect(redeemed.filter((won) => won).length).toBe(1);
        const tokens = await scene.directory.listTokens();
        expect(tokens.length).toBe(1);
        const winner = redeemed.indexOf(true);
        const access = await scene.findAccess(`try ${winner}`);
        expect(access).toMatchObject({ clientId: scene.client.publicId, scopes: SCOPES });
        expect(await scene.directory.grants.findCode(hashOf("code"))).toMatchObject({
          usedAt: NOON,
          grant: access?.grant as never,
        });
        await beside.close();
      }),
    );

    test(
      "when its tokens cannot be written, the code is not used: all of it holds, or nothing",
      withScene(async (scene) => {
        await scene.directory.grants.create(scene.grant("implicit"), scene.pair("taken", { refresh: false }));
        const code = await scene.code("code");
        const { grants } = scene.directory;
        await expect(grants.redeemCode(code.id, scene.grant(), scene.pair("taken"))).rejects.toThrow();
        expect(await grants.findCode(hashOf("code"))).not.toHaveProperty("usedAt");
        expect(await grants.redeemCode(code.id, scene.grant(), scene.pair("free"))).toBe(true);
      }),
    );

    test(
      "a secret is pinned with the first code alone; another one undoes all of it, and the code is not used",
      withScene(async (scene) => {
        const { grants, clients, trail } = scene.directory;
        const { client, profile } = scene;
        const entry = { at: NOON, profile, kind: "client_secret_pinned", details: {} } as const;
        const redeem = async (name: string, secretHash: string) => {
          const code = await grants.findCode(hashOf(name));
          const pin = { secretHash, trail: entry };
          return grants.redeemCode(code?.id as number, scene.grant(), scene.pair(name), pin);
        };
        for (const name of ["one", "two", "three"]) await scene.code(name);
        expect(await redeem("one", "a")).toBe(true);
        expect(await clients.findPin(client.id, profile)).toEqual({ secretHash: "a", pinnedAt: NOON });
        await expect(redeem("two", "b")).rejects.toThrow(OtherSecretPinned);
        expect(await scene.findAccess("two")).toBeUndefined();
        expect(await redeem("two", "a")).toBe(true);
        expect(await redeem("two", "b")).toBe(false);
        expect(await clients.findPin(client.id, profile)).toEqual({ secretHash: "a", pinnedAt: NOON });
        expect((await trail.read(profile, 9)).map(({ kind }) => kind)).toEqual(["client_secret_pinned"]);
        await clients.unpin(client.id, profile);
        expect(await redeem("three", "b")).toBe(true);
        expect(await clients.findPin(client.id, profile)).toMatchObject({ secretHash: "b" });
      }),
    );

    test(
      "what its person reads is written with a code, a grant and an answer to a device, or none of it is",
      withScene(async (scene) => {
        const { grants, deviceRequests, trail } = scene.directory;
        const kinds = async () => (await trail.read(scene.profile, 9)).map(({ kind }) => kind);
        const entry = (kind: TrailKind) => ({ at: NOON, profile: scene.profile, kind });
        await scene.code("code", { trail: [entry("app_allowed")] });
        await expect(scene.code("code", { trail: [entry("app_denied")] })).rejects.toThrow();
        const grant = { ...scene.grant(), trail: [entry("token_made"), entry("token_first_used")] };
        await grants.create(grant, scene.pair("one"));
        await expect(grants.create(grant, scene.pair("one"))).rejects.toThrow();
        await deviceRequests.create({
          deviceCodeHash: hashOf("device"),
          userCodeHash: hashOf("user"),
          client: scene.client.id,
          scopes: SCOPES,
          scopesDiffer: false,
          createdAt: NOON,
          expiresAt: after(600_000),
        });
        const { id } = (await deviceRequests.findByUserCode(hashOf("user"))) as { id: number };
        for (const isFirst of [true, false]) {
          const decided = deviceRequests.decide(id, "denied", scene.profile, entry("app_denied"));
          expect(await decided).toBe(isFirst);
        }
        expect(await kinds()).toEqual(["app_denied", "token_first_used", "token_made", "app_allowed"]);
      }),
    );
  });

  describe(`grants on ${engine}`, () => {
    test(
      "a server's own has no profile and no refresh token",
      withScene(async (scene) => {
        const { grants } = scene.directory;
        const { profile: _, ...grant } = scene.grant("client_credentials");
        const id = await grants.create(grant, scene.pair("server", { refresh: false }));
        const token = await scene.findAccess("server");
        expect(token).toMatchObject({ grant: id, expiresAt: after(HOUR_MS) });
        expect(token).not.toHaveProperty("profile");
        expect(await scene.findRefresh("server")).toBeUndefined();
      }),
    );

    test(
      "a refresh token is found with what was granted",
      withScene(async (scene) => {
        const grant = await scene.directory.grants.create(scene.grant(), scene.pair("one"));
        expect(await scene.findRefresh("one")).toEqual({
          id: expect.any(Number),
          grant,
          client: scene.client.id,
          profile: scene.profile,
          scopes: SCOPES,
          expiresAt: after(365 * DAY_MS),
          revoked: false,
        } as never);
      }),
    );

    test(
      "revoked, none of its tokens opens anything, and that happens once",
      withScene(async (scene) => {
        const { grants } = scene.directory;
        const [one, two] = [
          await grants.create(scene.grant(), scene.pair("one")),
          await grants.create(scene.grant(), scene.pair("two")),
        ];
        expect(await grants.revoke(one, after(5))).toBe(true);
        expect(await grants.revoke(one, after(6))).toBe(false);
        expect(await scene.findAccess("one")).toBeUndefined();
        expect(await scene.findRefresh("one")).toMatchObject({ revoked: true });
        expect(await scene.findAccess("two")).toMatchObject({ grant: two });
      }),
    );

    test(
      "disconnecting ends what one person granted one app, what was not redeemed yet included",
      withScene(async (scene) => {
        const { grants, deviceRequests } = scene.directory;
        const other = await Scene.of(scene.directory);
        await grants.create(scene.grant(), scene.pair("one"));
        await grants.create(scene.grant("device"), scene.pair("two", { refresh: false }));
        await grants.create({ ...scene.grant(), profile: other.profile }, scene.pair("other person"));
        await grants.create({ ...scene.grant(), client: other.client.id }, scene.pair("other app"));
        const code = await scene.code("waiting");
        const othersCode = await scene.code("other's", { profile: other.profile });
        await deviceRequests.create({
          deviceCodeHash: hashOf("device"),
          userCodeHash: hashOf("user"),
          client: scene.client.id,
          scopes: SCOPES,
          scopesDiffer: false,
          createdAt: NOON,
          expiresAt: after(600_000),
        });
        const device = await deviceRequests.findByUserCode(hashOf("user"));
        await deviceRequests.decide(device?.id as number, "granted", scene.profile);

        expect(await grants.disconnect(scene.profile, scene.client.id, after(5))).toBe(2);
        expect(await grants.disconnect(scene.profile, scene.client.id, after(6))).toBe(0);
        for (const name of ["one", "two"]) expect(await scene.findAccess(name)).toBeUndefined();
        for (const name of ["other person", "other app"]) {
          expect(await scene.findAccess(name)).toBeDefined();
        }
        expect(await grants.redeemCode(code.id, scene.grant(), scene.pair("late"))).toBe(false);
        const late = scene.pair("late", { refresh: false });
        expect(await deviceRequests.redeem(device?.id as number, scene.grant("device"), late)).toBe(false);
        const othersGrant = { ...scene.grant(), profile: other.profile };
        expect(await grants.redeemCode(othersCode.id, othersGrant, scene.pair("other's"))).toBe(true);
      }),
    );

    test(
      "all that anybody granted an app ends at once, more than one statement may name too",
      withScene(async (scene) => {
        const { grants } = scene.directory;
        const other = await Scene.of(scene.directory);
        for (let index = 0; index < 1_200; index++) {
          const profile = index % 2 === 0 ? scene.profile : other.profile;
          await grants.create({ ...scene.grant(), profile }, scene.pair(`${index}`, { refresh: false }));
        }
        await grants.create(other.grant(), scene.pair("other app"));
        expect(await grants.revokeAllOf(scene.client.id, after(5))).toBe(1_200);
        for (const name of ["0", "1", "1199"]) expect(await scene.findAccess(name)).toBeUndefined();
        expect(await scene.findAccess("other app")).toBeDefined();
      }),
    );
  });

  describe(`rotation on ${engine}`, () => {
    test(
      "a new pair takes the place of the old one, which is gone or known as rotated",
      withScene(async (scene) => {
        await scene.directory.grants.create(scene.grant(), scene.pair("one"));
        expect(await scene.rotate("one", "two")).toBe(true);
        expect(await scene.findAccess("one")).toBeUndefined();
        expect(await scene.findAccess("two")).toMatchObject({ scopes: SCOPES });
        expect(await scene.findRefresh("one")).toMatchObject({
          rotatedAt: after(1_000),
          sealedAnswer: "sealed",
        });
        expect(await scene.findRefresh("two")).not.toHaveProperty("rotatedAt");
        expect((await scene.directory.listTokens()).length).toBe(1);
      }),
    );

    test(
      "of many who rotate one at the same time, one succeeds",
      withScene(async (scene) => {
        await scene.directory.grants.create(scene.grant(), scene.pair("one"));
        const rotated = await Promise.all(
          Array.from({ length: 10 }, (_, index) => scene.rotate("one", `next ${index}`)),
        );
        expect(rotated.filter((won) => won).length).toBe(1);
        expect((await scene.directory.listTokens()).length).toBe(1);
      }),
    );

    test(
      "a grant that was revoked is not rotated any more",
      withScene(async (scene) => {
        const grant = await scene.directory.grants.create(scene.grant(), scene.pair("one"));
        await scene.directory.grants.revoke(grant, NOON);
        expect(await scene.rotate("one", "two")).toBe(false);
        expect(await scene.findAccess("two")).toBeUndefined();
        expect(await scene.findRefresh("one")).not.toHaveProperty("rotatedAt");
      }),
    );

    test(
      "how often and when an app was used is known after it, and its first use is no second one",
      withScene(async (scene) => {
        const { grants, tokenUses, trail } = scene.directory;
        const grant = await grants.create(scene.grant(), scene.pair("one"));
        const use = async (name: string, at: EpochMs) => {
          const { id } = (await scene.findAccess(name)) as { id: number };
          const times = { firstAt: at, lastReadAt: at, lastWrittenAt: after(1) };
          await tokenUses.add([{ token: id, grant, reads: 2, writes: 1, ...times }], [id]);
        };
        await use("one", after(5));
        await scene.rotate("one", "two");
        const known = { readCount: 2, writeCount: 1, lastReadAt: after(5), lastWrittenAt: after(1) };
        expect(await grants.listApps(scene.profile, after(2_000))).toMatchObject([known]);
        await use("two", after(6));
        expect(await grants.listApps(scene.profile, after(2_000))).toMatchObject([
          { readCount: 4, writeCount: 2, lastReadAt: after(6) },
        ]);
        expect((await trail.read(scene.profile, 9)).map(({ kind }) => kind)).toEqual(["token_first_used"]);
      }),
    );

    test(
      "less scopes are the new access token's alone: the grant stays what it was",
      withScene(async (scene) => {
        const { grants } = scene.directory;
        await grants.create(scene.grant(), scene.pair("one"));
        const found = await scene.findRefresh("one");
        const narrow = { ...scene.pair("two"), scopes: ["profile:read"] as const };
        await grants.rotate(found?.id as number, narrow, "sealed", NOON);
        expect(await scene.findAccess("two")).toMatchObject({ scopes: ["profile:read"] });
        expect(await scene.findRefresh("two")).toMatchObject({ scopes: SCOPES });
      }),
    );

    test(
      "a sealed answer is taken once, by one of many",
      withScene(async (scene) => {
        const { grants } = scene.directory;
        await grants.create(scene.grant(), scene.pair("one"));
        await scene.rotate("one", "two", "the answer");
        const { id } = (await scene.findRefresh("one")) as { id: number };
        const taken = await Promise.all(Array.from({ length: 5 }, () => grants.takeSealedAnswer(id)));
        expect(taken.filter((answer) => answer !== undefined)).toEqual(["the answer"]);
        expect(await grants.takeSealedAnswer(99)).toBeUndefined();
      }),
    );

    test(
      "a sealed answer is gone when the refresh token in it is used, and the one after it is there",
      withScene(async (scene) => {
        const { grants } = scene.directory;
        await grants.create(scene.grant(), scene.pair("one"));
        await grants.create(scene.grant(), scene.pair("other"));
        await scene.rotate("other", "next", "of another grant");
        await scene.rotate("one", "two", "first");
        await scene.rotate("two", "three", "second");
        const answerOf = async (name: string) =>
          grants.takeSealedAnswer((await scene.findRefresh(name))?.id as number);
        expect(await answerOf("one")).toBeUndefined();
        expect(await answerOf("two")).toBe("second");
        expect(await answerOf("other")).toBe("of another grant");
      }),
    );
  });

  describe(`connected apps on ${engine}`, () => {
    test(
      "each app stands once, with all that it was granted, the one that came first before others",
      withScene(async (scene) => {
        const { grants } = scene.directory;
        const other = await Scene.of(scene.directory);
        await grants.create(scene.grant("implicit"), scene.pair("one", { refresh: false }));
        await grants.create(
          { ...scene.grant("code", after(5)), scopes: ["data:heart_rate:write"] },
          scene.pair("two"),
        );
        const ofOther = { ...scene.grant(), client: other.client.id };
        const revoked = await grants.create(ofOther, scene.pair("three"));
        await grants.revoke(revoked, NOON);
        expect(await grants.listApps(scene.profile, NOON)).toEqual([
          {
            client: scene.client,
            scopes: ["data:heart_rate:read", "data:heart_rate:write", "profile:read"],
            firstGrantedAt: NOON,
            lastGrantedAt: after(5),
            grants: 2,
            readCount: 0,
            writeCount: 0,
          },
        ]);
        expect(await grants.listApps(other.profile, NOON)).toEqual([]);
      }),
    );

    test(
      "an app whose tokens have all ended is not listed, and one that can refresh is",
      withScene(async (scene) => {
        const { grants } = scene.directory;
        await grants.create(scene.grant("implicit"), scene.pair("one", { refresh: false }));
        const count = async (now: EpochMs) => (await grants.listApps(scene.profile, now)).length;
        expect(await count(after(HOUR_MS - 1))).toBe(1);
        expect(await count(after(HOUR_MS))).toBe(0);
        await grants.create(scene.grant(), scene.pair("two"));
        expect(await count(after(HOUR_MS))).toBe(1);
        expect(await count(after(365 * DAY_MS))).toBe(0);
      }),
    );
  });

  describe(`clearing on ${engine}`, () => {
    test(
      "a used code is known for a day after its end, and then gone; what came of it stays",
      withScene(async (scene) => {
        const { grants } = scene.directory;
        const code = await scene.code("code");
        await grants.redeemCode(code.id, scene.grant(), scene.pair("one"));
        await grants.clearEnded(after(60_000 + DAY_MS));
        expect(await grants.findCode(hashOf("code"))).toBeDefined();
        await grants.clearEnded(after(60_001 + DAY_MS));
        expect(await grants.findCode(hashOf("code"))).toBeUndefined();
        expect(await scene.findRefresh("one")).toBeDefined();
      }),
    );

    test(
      "an answer that may not be repeated any more is not kept; a rotated token is known for a month",
      withScene(async (scene) => {
        const { grants } = scene.directory;
        await grants.create(scene.grant(), scene.pair("one"));
        await scene.rotate("one", "two");
        await grants.clearEnded(after(999 + REPEAT_MS));
        expect(await scene.findRefresh("one")).toMatchObject({ sealedAnswer: "sealed" });
        await grants.clearEnded(after(1_000 + REPEAT_MS));
        expect(await scene.findRefresh("one")).not.toHaveProperty("sealedAnswer");
        await grants.clearEnded(after(1_000 + 30 * DAY_MS));
        expect(await scene.findRefresh("one")).toBeDefined();
        await grants.clearEnded(after(1_001 + 30 * DAY_MS));
        expect(await scene.findRefresh("one")).toBeUndefined();
        expect(await scene.findRefresh("two")).toBeDefined();
      }),
    );

    test(
      "a grant goes a day after its last token, and not while it can be refreshed",
      withScene(async (scene) => {
        const { grants } = scene.directory;
        await grants.create(scene.grant("implicit"), scene.pair("short", { refresh: false }));
        await grants.create(scene.grant(), scene.pair("long"));
        const names = async () => (await scene.directory.listTokens()).length;
        await grants.clearEnded(after(HOUR_MS + DAY_MS - 1));
        expect(await names()).toBe(2);
        await grants.clearEnded(after(HOUR_MS + DAY_MS));
        expect(await names()).toBe(1);
        expect(await scene.findRefresh("long")).toBeDefined();
        await grants.clearEnded(after(365 * DAY_MS + DAY_MS + 1));
        expect(await names()).toBe(0);
        expect(await grants.listApps(scene.profile, NOON)).toEqual([]);
      }),
    );

    test(
      "what lies far behind the others is cleared too",
      withScene(async (scene) => {
        const { db } = scene.directory.people.database;
        await scene.directory.grants.create(scene.grant(), scene.pair("long"));
        const ended = {
          client_id: scene.client.id,
          profile_id: scene.profile,
          kind: "implicit",
          scopes: SCOPES.join(" "),
          created_at: NOON,
        };
        for (const id of [5_000, 123_456])
          await db
            .insertInto("app_grant")
            .values({ id, ...ended })
            .execute();
        await scene.directory.grants.clearEnded(after(2 * DAY_MS));
        const left = await db.selectFrom("app_grant").select("id").execute();
        expect(left.length).toBe(1);
        expect(await scene.findRefresh("long")).toBeDefined();
      }),
    );

    test(
      "tokens that were made by hand are never cleared",
      withScene(async (scene) => {
        await scene.directory.createToken({
          hash: hashOf("manual"),
          profile: scene.profile,
          clientId: crypto.randomUUID(),
          scopes: SCOPES,
          createdAt: NOON,
          expiresAt: after(1),
        });
        await scene.directory.grants.clearEnded(after(1_000 * DAY_MS));
        expect(await scene.findAccess("manual")).toBeDefined();
      }),
    );
  });
}
