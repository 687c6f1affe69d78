import { describe, expect, test } from "bun:test";
import type { EpochMs, ProfileId } from "../../src/domain/reading.ts";
import type { Client, ClientNumber, NewClient } from "../../src/storage/clients.ts";
import { type DirectoryUnderTest, onFresh } from "./directoryUnderTest.ts";

const NOON = Date.UTC(2024, 2, 1, 12) as EpochMs;
const NOBODY = 99 as ClientNumber;

const newClient = (more: Partial<NewClient> = {}): NewClient => ({
  publicId: crypto.randomUUID(),
  name: "Pulse Wall",
  redirectUris: ["https://app.example/callback", "http://127.0.0.1/cb"],
  implicit: true,
  adopted: false,
  createdAt: NOON,
  ...more,
});

/** What every engine behind `Clients` promises. */
export function clientsContract(engine: string, open: () => Promise<DirectoryUnderTest>): void {
  const withDirectory = onFresh(open);

  describe(`clients on ${engine}`, () => {
    test(
      "a client is found by its id and by its number, as it was made",
      withDirectory(async ({ directory: { clients } }) => {
        for (const more of [{}, { secretHash: "a".repeat(64), implicit: false, redirectUris: [] }]) {
          const wanted = newClient(more);
          const made = await clients.create(wanted);
          expect(made).toEqual({ ...wanted, id: expect.any(Number) });
          expect(await clients.find(wanted.publicId)).toEqual(made);
          expect(await clients.findByNumber(made?.id as ClientNumber)).toEqual(made);
        }
        expect(await clients.find(crypto.randomUUID())).toBeUndefined();
        expect(await clients.findByNumber(NOBODY)).toBeUndefined();
      }),
    );

    test(
      "an id is given once",
      withDirectory(async ({ directory: { clients } }) => {
        const wanted = newClient();
        await clients.create(wanted);
        await expect(clients.create({ ...newClient(), publicId: wanted.publicId })).rejects.toThrow();
      }),
    );

    test(
      "an owner has as many as may be and no more, and sees their own, oldest first",
      withDirectory(async ({ directory }) => {
        const { clients } = directory;
        const anna = (await directory.createProfile("anna", NOON)).id;
        const ben = (await directory.createProfile("ben", NOON)).id;
        const owned = (owner: ProfileId) => newClient({ owner, ownedMax: 2 });
        const first = await clients.create(owned(anna));
        const second = await clients.create(owned(anna));
        expect(await clients.create(owned(anna))).toBeUndefined();
        expect(await clients.create(owned(ben))).toBeDefined();
        await clients.create(newClient());
        expect(await clients.listOwned(anna)).toEqual([first, second] as never);
        await clients.remove(first as Client, NOON);
        expect(await clients.create(owned(anna))).toBeDefined();
      }),
    );

    test(
      "of many who adopt one id at the same time, also beside the server, all get the same client",
      withDirectory(async ({ directory, openBeside }) => {
        const beside = await openBeside();
        const id = crypto.randomUUID();
        const adopted = await Promise.all(
          Array.from({ length: 8 }, (_, index) =>
            (index % 2 === 0 ? directory : beside).clients.adopt(id, "Unverified app", NOON),
          ),
        );
        expect(new Set(adopted.map((client) => client.id)).size).toBe(1);
        expect(adopted[0]).toEqual({
          id: expect.any(Number),
          publicId: id,
          name: "Unverified app",
          redirectUris: [],
          implicit: true,
          adopted: true,
          createdAt: NOON,
        } as never);
        await beside.close();
      }),
    );

    test(
      "adopting what somebody registered leaves it as it was",
      withDirectory(async ({ directory: { clients } }) => {
        const made = await clients.create(newClient({ secretHash: "a".repeat(64) }));
        expect(await clients.adopt(made?.publicId as string, "Other", NOON)).toEqual(made as never);
      }),
    );

    test(
      "what is changed is changed, and nothing else; null takes the secret away",
      withDirectory(async ({ directory: { clients } }) => {
        const made = (await clients.create(newClient({ secretHash: "a".repeat(64) }))) as never as {
          id: ClientNumber;
          publicId: string;
        };
        const find = () => clients.find(made.publicId);
        expect(await clients.change(made.id, { name: "New" })).toBe(true);
        expect(await find()).toEqual({ ...made, name: "New" } as never);
        await clients.change(made.id, { redirectUris: ["https://b.example/"], implicit: false });
        await clients.change(made.id, { secretHash: "b".repeat(64) });
        expect(await find()).toMatchObject({
          name: "New",
          redirectUris: ["https://b.example/"],
          implicit: false,
          secretHash: "b".repeat(64),
        });
        await clients.change(made.id, { secretHash: null });
        expect(await find()).not.toHaveProperty("secretHash");
        expect(await clients.change(made.id, {})).toBe(true);
        expect(await clients.change(NOBODY, {})).toBe(false);
        expect(await clients.change(NOBODY, { name: "x" })).toBe(false);
      }),
    );

    test(
      "a client that is removed is gone with what it was granted, once, and whoever had allowed it something is told",
      withDirectory(async ({ directory }) => {
        const { clients, grants, trail } = directory;
        const [anna, ben, gone] = [
          (await directory.createProfile("anna", NOON)).id,
          (await directory.createProfile("ben", NOON)).id,
          (await directory.createProfile("whoever disconnected it", NOON)).id,
        ];
        const client = (await clients.create(newClient())) as Client;
        const grant = {
          client: client.id,
          kind: "implicit",
          scopes: ["profile:read"],
          createdAt: NOON,
        } as const;
        const allow = (profile: ProfileId, hash: string) =>
          grants.create(
            { ...grant, profile },
            { accessHash: hash.repeat(64), accessExpiresAt: (NOON + 1_000) as EpochMs },
          );
        await allow(anna, "1");
        await allow(anna, "2");
        await allow(gone, "3");
        await grants.disconnect(gone, client.id, NOON);
        expect(await directory.findToken("1".repeat(64))).toBeDefined();
        expect(await clients.remove(client, NOON)).toBe(true);
        expect(await clients.remove(client, NOON)).toBe(false);
        expect(await directory.findToken("1".repeat(64))).toBeUndefined();
        const details = { client_id: client.publicId, client_name: client.name, by: "its developer" };
        expect(await trail.read(anna, 10)).toMatchObject([{ at: NOON, kind: "app_disconnected", details }]);
        expect([await trail.read(ben, 10), await trail.read(gone, 10)]).toEqual([[], []]);
      }),
    );

    test(
      "the first secret that is pinned stays, for each person alone, until it is taken off",
      withDirectory(async ({ directory }) => {
        const { clients } = directory;
        const anna = (await directory.createProfile("anna", NOON)).id;
        const ben = (await directory.createProfile("ben", NOON)).id;
        const { id } = await clients.adopt(crypto.randomUUID(), "App", NOON);
        expect(await clients.findPin(id, anna)).toBeUndefined();
        const pinned = await Promise.all(["a", "b", "c"].map((hash) => clients.pin(id, anna, hash, NOON)));
        expect(new Set(pinned).size).toBe(1);
        expect(await clients.findPin(id, anna)).toEqual({
          secretHash: pinned[0] as string,
          pinnedAt: NOON,
        });
        expect(await clients.pin(id, ben, "z", NOON)).toBe("z");
        expect(await clients.unpin(id, anna)).toBe(true);
        expect(await clients.unpin(id, anna)).toBe(false);
        expect(await clients.findPin(id, ben)).toMatchObject({ secretHash: "z" });
        expect(await clients.pin(id, anna, "new", NOON)).toBe("new");
      }),
    );
  });
}
