import { describe, expect, test } from "bun:test";
import type { EpochMs, ProfileId } from "../../src/domain/reading.ts";
import type { Directory } from "../../src/storage/directory.ts";
import type { NewLink } from "../../src/storage/links.ts";
import type { Person } from "../../src/storage/people.ts";
import { type DirectoryUnderTest, onFresh } from "./directoryUnderTest.ts";

const NOON = Date.UTC(2024, 2, 1, 12) as EpochMs;
const LATER = (NOON + 1_000) as EpochMs;

let made = 0;

/** Makes a person as better-auth does, whose table it is. */
async function addPerson({ people }: Directory, name: string): Promise<Person> {
  const person = { id: `person-${++made}`, name, email: `${name.toLowerCase()}${made}@example.org` };
  const now = new Date(NOON).toISOString();
  await people.database.db
    .insertInto("person")
    .values({ ...person, email_verified: 0, created_at: now, updated_at: now })
    .execute();
  return person;
}

async function addSession({ people }: Directory, person: Person, createdAt: number): Promise<string> {
  const id = `session-${++made}`;
  const time = new Date(createdAt).toISOString();
  await people.database.db
    .insertInto("sign_in_session")
    .values({ id, person_id: person.id, token: id, created_at: time, updated_at: time, expires_at: time })
    .execute();
  return id;
}

function link(more: Partial<NewLink> = {}): NewLink {
  return {
    kind: "invitation",
    codeHash: `hash-${++made}`,
    createdAt: NOON,
    expiresAt: (NOON + 60_000) as EpochMs,
    ...more,
  };
}

/** What every engine behind the directory promises of people, of links that work once, and of the trail. */
export function accountsContract(engine: string, open: () => Promise<DirectoryUnderTest>): void {
  const withDirectory = onFresh(open);

  describe(`people on ${engine}`, () => {
    test(
      "get a profile of their name once, also when it is asked for many times at once",
      withDirectory(async ({ directory }) => {
        const person = await addPerson(directory, "Anna");
        const profiles = await Promise.all(
          Array.from({ length: 10 }, () => directory.people.profileOf(person, NOON)),
        );
        expect(new Set(profiles.map(({ publicId }) => publicId)).size).toBe(1);
        expect(profiles[0]?.name).toBe("Anna");
        expect(await directory.people.findByProfile(profiles[0]?.id as ProfileId)).toMatchObject(person);
      }),
    );

    test(
      "of one name have profiles of different names, and none is taken from the command line",
      withDirectory(async ({ directory }) => {
        await directory.createProfile("Anna", NOON);
        const names = [];
        for (const person of [await addPerson(directory, "Anna"), await addPerson(directory, "Anna")]) {
          names.push((await directory.people.profileOf(person, NOON)).name);
        }
        expect(names).toEqual(["Anna 2", "Anna 3"]);
      }),
    );

    test(
      "adopt a profile of the command line, one person one profile",
      withDirectory(async ({ directory }) => {
        const { people } = directory;
        const [anna, ben] = [await addPerson(directory, "Anna"), await addPerson(directory, "Ben")];
        const me = await directory.createProfile("me", NOON);
        const other = await directory.createProfile("other", NOON);
        expect(await Promise.all([people.adopt(anna.id, me.id), people.adopt(ben.id, me.id)])).toEqual([
          true,
          false,
        ]);
        expect(await people.adopt(anna.id, other.id)).toBe(false);
        expect((await people.profileOf(anna, NOON)).id).toBe(me.id);
        expect(await people.findByProfile(other.id)).toBeUndefined();
      }),
    );

    test(
      "are found by their address, however it is written, and listed with their profiles",
      withDirectory(async ({ directory }) => {
        const { people } = directory;
        expect(await people.hasAny()).toBe(false);
        const anna = await addPerson(directory, "Anna");
        expect(await people.hasAny()).toBe(true);
        expect(await people.findByEmail(anna.email.toUpperCase())).toEqual(anna);
        const profile = await people.profileOf(anna, NOON);
        expect(await people.findByEmail(anna.email)).toEqual({ ...anna, profile });
        expect(await people.find(anna.id)).toEqual({ ...anna, profile });
        expect(await people.find("nobody")).toBeUndefined();
        expect(await people.list()).toEqual([{ ...anna, profile }]);
        expect(await people.findByEmail("nobody@example.org")).toBeUndefined();
      }),
    );

    test(
      "have sessions that end together, but one that is spared, or the oldest alone",
      withDirectory(async ({ directory }) => {
        const { people } = directory;
        const [anna, ben] = [await addPerson(directory, "Anna"), await addPerson(directory, "Ben")];
        const bens = await addSession(directory, ben, NOON);
        const annas: string[] = [];
        for (let count = 0; count < 4; count++) annas.push(await addSession(directory, anna, NOON + count));
        const held = async () => [...(await people.findSessions([...annas, bens, "none"]))].sort();
        await people.endOldSessions(anna.id, 4);
        expect(await held()).toEqual([...annas, bens].sort());
        await people.endOldSessions(anna.id, 3);
        expect(await held()).toEqual([...annas.slice(1), bens].sort());
        expect(await people.endSessions(anna.id, annas[2])).toBe(2);
        expect(await held()).toEqual([annas[2] as string, bens].sort());
        expect(await people.endSessions(anna.id)).toBe(1);
        expect(await held()).toEqual([bens]);
      }),
    );
  });

  describe(`links that work once on ${engine}`, () => {
    test(
      "are found until they are taken, and taken by one of many who ask at once",
      withDirectory(async ({ directory }) => {
        const { id: profile } = await directory.createProfile("me", NOON);
        const claim = link({ kind: "claim", profile });
        await directory.links.create(claim);
        const { codeHash, ...rest } = claim;
        expect(await directory.links.find(codeHash, LATER)).toEqual({ id: expect.any(Number), ...rest });
        const taken = await Promise.all(
          Array.from({ length: 100 }, () => directory.links.take(codeHash, LATER)),
        );
        expect(taken.filter((one) => one !== undefined)).toEqual([{ id: expect.any(Number), ...rest }]);
        expect(await directory.links.find(codeHash, LATER)).toBeUndefined();
      }),
    );

    test(
      "are over at their time, neither found nor taken",
      withDirectory(async ({ directory }) => {
        const made = link({ expiresAt: LATER });
        await directory.links.create(made);
        const before = (LATER - 1) as EpochMs;
        expect(await directory.links.find(made.codeHash, before)).toBeDefined();
        expect(await directory.links.find(made.codeHash, LATER)).toBeUndefined();
        expect(await directory.links.take(made.codeHash, LATER)).toBeUndefined();
        expect(await directory.links.take(made.codeHash, before)).toBeDefined();
      }),
    );

    test(
      "end by kind, by whom and by what they are for",
      withDirectory(async ({ directory }) => {
        const anna = await addPerson(directory, "Anna");
        const { id: profile } = await directory.createProfile("me", NOON);
        const links = [
          link(),
          link({ kind: "claim", profile }),
          link({ kind: "claim" }),
          link({ kind: "reset", person: anna.id }),
        ];
        for (const one of links) await directory.links.create(one);
        expect(await directory.links.end("claim", { profile })).toBe(1);
        expect(await directory.links.end("reset", { person: "somebody else" })).toBe(0);
        expect(await directory.links.end("reset", { person: anna.id })).toBe(1);
        expect(await directory.links.end("claim")).toBe(1);
        expect(await directory.links.end("invitation")).toBe(1);
      }),
    );
  });

  describe(`the trail on ${engine}`, () => {
    test(
      "is read newest first, in pages, each person's alone",
      withDirectory(async ({ directory }) => {
        const { trail } = directory;
        const anna = (await directory.createProfile("anna", NOON)).id;
        const ben = (await directory.createProfile("ben", NOON)).id;
        for (let count = 0; count < 5; count++) {
          await trail.record({ at: NOON, profile: anna, kind: "signed_in", details: { count } });
          await trail.record({ at: NOON, profile: ben, kind: "signed_out" });
        }
        const first = await trail.read(anna, 3);
        const rest = await trail.read(anna, 3, first.at(-1)?.id);
        expect([...first, ...rest].map(({ details }) => details.count)).toEqual([4, 3, 2, 1, 0]);
        expect(await trail.read(ben, 10)).toHaveLength(5);
      }),
    );

    test(
      "gives the newest entries of one kind",
      withDirectory(async ({ directory }) => {
        const { trail } = directory;
        const { id } = await directory.createProfile("anna", NOON);
        for (const [index, kind] of (
          ["signed_in", "signed_out", "signed_in", "signed_in"] as const
        ).entries()) {
          await trail.record({ at: NOON, profile: id, kind, details: { index } });
        }
        const newest = await trail.newest(id, "signed_in", 2);
        expect(newest.map(({ kind, details }) => [kind, details.index])).toEqual([
          ["signed_in", 3],
          ["signed_in", 2],
        ]);
      }),
    );

    test(
      "can be neither changed nor shortened, by nobody who writes the database",
      withDirectory(async ({ directory }) => {
        const { id } = await directory.createProfile("anna", NOON);
        await directory.trail.record({ at: NOON, profile: id, kind: "signed_in" });
        await directory.trail.record({ at: NOON, kind: "erased" });
        const { db } = directory.people.database;
        await expect(db.updateTable("trail").set({ kind: "signed_out" }).execute()).rejects.toThrow(
          "never changed",
        );
        await expect(db.deleteFrom("trail").execute()).rejects.toThrow("never deleted");
        await expect(db.deleteFrom("trail").where("profile_id", "is", null).execute()).rejects.toThrow(
          "never deleted",
        );
        expect(await directory.trail.read(id, 10)).toHaveLength(1);
      }),
    );

    test(
      "goes with its person's profile, and leaves what has no identity",
      withDirectory(async ({ directory }) => {
        const { id } = await directory.createProfile("anna", NOON);
        await directory.trail.record({ at: NOON, profile: id, kind: "signed_in" });
        await directory.trail.record({ at: NOON, kind: "erased" });
        const { db } = directory.people.database;
        await db.deleteFrom("profile").where("id", "=", id).execute();
        const left = await db.selectFrom("trail").select("kind").execute();
        expect(left).toEqual([{ kind: "erased" }]);
      }),
    );
  });
}
