import { describe, expect, test } from "bun:test";
import type { EpochMs, ProfileId } from "../../src/domain/reading.ts";
import type { ProfileDetails } from "../../src/storage/profileDetails.ts";
import { type DirectoryUnderTest, onFresh } from "./directoryUnderTest.ts";

const NOON = Date.UTC(2024, 2, 1, 12) as EpochMs;

const EVERYTHING: Required<ProfileDetails> = {
  channel: "twitch.tv/zoë 💛 ' ; --",
  login: "anna@example.org",
  username: "Anna",
  birthDate: "1990-05-31",
  weightKilograms: 68.5,
  sex: "female",
};

/** What every engine behind the directory promises of what profiles say about their person. */
export function detailsContract(engine: string, open: () => Promise<DirectoryUnderTest>): void {
  const withDirectory = onFresh(open);

  describe(`details of profiles on ${engine}`, () => {
    test(
      "a new profile says nothing about its person",
      withDirectory(async ({ directory }) => {
        const { id } = await directory.createProfile("anna", NOON);
        expect(await directory.findDetails(id)).toEqual({});
      }),
    );

    test(
      "each is kept as it was given, and nobody else has it",
      withDirectory(async ({ directory }) => {
        const anna = await directory.createProfile("anna", NOON);
        const ben = await directory.createProfile("ben", NOON);
        await directory.changeDetails(anna.id, EVERYTHING);
        expect(await directory.findDetails(anna.id)).toEqual(EVERYTHING);
        expect(await directory.findDetails(ben.id)).toEqual({});
        expect(await directory.listProfiles()).toEqual([
          { ...anna, createdAt: NOON, details: EVERYTHING },
          { ...ben, createdAt: NOON, details: {} },
        ]);
      }),
    );

    for (const name of Object.keys(EVERYTHING) as (keyof ProfileDetails)[]) {
      test(
        `${name} can be taken away, and the others stay`,
        withDirectory(async ({ directory }) => {
          const { id } = await directory.createProfile("anna", NOON);
          await directory.changeDetails(id, EVERYTHING);
          await directory.changeDetails(id, { [name]: null });
          const { [name]: taken, ...others } = EVERYTHING;
          expect(await directory.findDetails(id)).toEqual(others);
          await directory.changeDetails(id, { [name]: taken });
          expect(await directory.findDetails(id)).toEqual(EVERYTHING);
        }),
      );
    }

    test(
      "where nothing is changed nothing changes",
      withDirectory(async ({ directory }) => {
        const { id } = await directory.createProfile("anna", NOON);
        await directory.changeDetails(id, EVERYTHING);
        await directory.changeDetails(id, {});
        expect(await directory.findDetails(id)).toEqual(EVERYTHING);
      }),
    );

    test(
      "what one process changes, another one sees at once",
      withDirectory(async ({ directory, openBeside }) => {
        const beside = await openBeside();
        const { id } = await directory.createProfile("anna", NOON);
        await beside.changeDetails(id, { weightKilograms: 70 });
        expect(await directory.findDetails(id)).toEqual({ weightKilograms: 70 });
        await beside.close();
      }),
    );

    test(
      "of somebody who is not there, or from an engine that cannot answer, they are an error",
      withDirectory(async ({ directory, breakEngine }) => {
        await expect(directory.findDetails(99 as ProfileId)).rejects.toThrow();
        const { id } = await directory.createProfile("anna", NOON);
        await breakEngine();
        await expect(directory.findDetails(id)).rejects.toThrow();
        await expect(directory.changeDetails(id, EVERYTHING)).rejects.toThrow();
        await expect(directory.listProfiles()).rejects.toThrow();
      }),
    );
  });
}
