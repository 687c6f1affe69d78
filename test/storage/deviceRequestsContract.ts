import { describe, expect, test } from "bun:test";
import type { EpochMs, ProfileId } from "../../src/domain/reading.ts";
import type { Client } from "../../src/storage/clients.ts";
import type { DeviceRequest } from "../../src/storage/deviceRequests.ts";
import type { Directory } from "../../src/storage/directory.ts";
import { type DirectoryUnderTest, onFresh } from "./directoryUnderTest.ts";

const NOON = Date.UTC(2024, 2, 1, 12) as EpochMs;
const DAY_MS = 86_400_000;
const SCOPES = ["data:heart_rate:write"] as const;

const after = (milliseconds: number) => (NOON + milliseconds) as EpochMs;
const hashOf = (name: string) => Buffer.from(name).toString("hex").padEnd(64, "0");

interface Scene {
  readonly client: Client;
  readonly profile: ProfileId;
  readonly make: (name: string, scopesDiffer?: boolean) => Promise<DeviceRequest>;
  readonly redeem: (request: DeviceRequest, name: string) => Promise<boolean>;
}

async function sceneOf(directory: Directory): Promise<Scene> {
  const { deviceRequests } = directory;
  const profile = (await directory.createProfile(crypto.randomUUID(), NOON)).id;
  const client = await directory.clients.adopt(crypto.randomUUID(), "App", NOON);
  return {
    client,
    profile,
    async make(name, scopesDiffer = false) {
      await deviceRequests.create({
        deviceCodeHash: hashOf(`${name} device`),
        userCodeHash: hashOf(`${name} user`),
        client: client.id,
        scopes: SCOPES,
        scopesDiffer,
        createdAt: NOON,
        expiresAt: after(600_000),
      });
      return (await deviceRequests.findByUserCode(hashOf(`${name} user`))) as DeviceRequest;
    },
    redeem: ({ id }, name) =>
      deviceRequests.redeem(
        id,
        { client: client.id, profile, kind: "device", scopes: SCOPES, createdAt: after(5) },
        { accessHash: hashOf(name), accessExpiresAt: after(365 * DAY_MS) },
      ),
  };
}

/** What every engine behind `DeviceRequests` promises. */
export function deviceRequestsContract(engine: string, open: () => Promise<DirectoryUnderTest>): void {
  const withDirectory = onFresh(open);

  describe(`device requests on ${engine}`, () => {
    test(
      "one is found by either of its codes, as it was made, and by no other",
      withDirectory(async ({ directory }) => {
        const { client, make } = await sceneOf(directory);
        for (const scopesDiffer of [true, false]) {
          const name = `device ${scopesDiffer}`;
          const made = await make(name, scopesDiffer);
          expect(made).toEqual({
            id: expect.any(Number),
            client: client.id,
            scopes: SCOPES,
            scopesDiffer,
            createdAt: NOON,
            expiresAt: after(600_000),
          } as never);
          const { deviceRequests } = directory;
          expect(await deviceRequests.findByDeviceCode(hashOf(`${name} device`))).toEqual(made);
          expect(await deviceRequests.findByDeviceCode(hashOf(`${name} user`))).toBeUndefined();
          expect(await deviceRequests.findByUserCode(hashOf(`${name} device`))).toBeUndefined();
        }
      }),
    );

    test(
      "the first decision counts, also beside the server",
      withDirectory(async ({ directory, openBeside }) => {
        const beside = await openBeside();
        const { make, profile } = await sceneOf(directory);
        const { id } = await make("one");
        const decided = await Promise.all(
          Array.from({ length: 10 }, (_, index) =>
            (index % 2 === 0 ? directory : beside).deviceRequests.decide(
              id,
              index < 5 ? "granted" : "denied",
              profile,
            ),
          ),
        );
        expect(decided.filter((won) => won).length).toBe(1);
        const outcome = decided.indexOf(true) < 5 ? "granted" : "denied";
        expect(await directory.deviceRequests.findByUserCode(hashOf("one user"))).toMatchObject({
          outcome,
          profile,
        });
        await beside.close();
      }),
    );

    test(
      "one that was granted is redeemed once; one that was not, never",
      withDirectory(async ({ directory }) => {
        const { make, profile, redeem } = await sceneOf(directory);
        const [waiting, denied, granted] = [await make("a"), await make("b"), await make("c")];
        await directory.deviceRequests.decide(denied.id, "denied", profile);
        await directory.deviceRequests.decide(granted.id, "granted", profile);
        expect(await redeem(waiting, "a token")).toBe(false);
        expect(await redeem(denied, "b token")).toBe(false);
        const redeemed = await Promise.all(
          Array.from({ length: 10 }, (_, index) => redeem(granted, `c token ${index}`)),
        );
        expect(redeemed.filter((won) => won).length).toBe(1);
        expect((await directory.listTokens()).length).toBe(1);
        expect(await directory.deviceRequests.findByUserCode(hashOf("c user"))).toMatchObject({
          issuedAt: after(5),
        });
      }),
    );

    test(
      "those of one client are counted that still wait",
      withDirectory(async ({ directory }) => {
        const { client, make, profile } = await sceneOf(directory);
        const other = await sceneOf(directory);
        await make("one");
        const two = await make("two");
        await other.make("three");
        const count = (now: EpochMs) => directory.deviceRequests.countWaiting(client.id, now);
        expect(await count(NOON)).toBe(2);
        await directory.deviceRequests.decide(two.id, "denied", profile);
        expect(await count(after(599_999))).toBe(1);
        expect(await count(after(600_000))).toBe(0);
      }),
    );

    test(
      "one is known for a day after its end, and then gone",
      withDirectory(async ({ directory }) => {
        const { make } = await sceneOf(directory);
        await make("one");
        await directory.grants.clearEnded(after(600_000 + DAY_MS));
        expect(await directory.deviceRequests.findByUserCode(hashOf("one user"))).toBeDefined();
        await directory.grants.clearEnded(after(600_001 + DAY_MS));
        expect(await directory.deviceRequests.findByUserCode(hashOf("one user"))).toBeUndefined();
      }),
    );
  });
}
