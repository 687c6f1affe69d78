import { Database } from "bun:sqlite";
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FILES } from "../../../src/storage/sqlite/files.ts";
import { throwAwayFolder } from "../../support/server.ts";
import { about, type Diagnosis, examine, makeFolder } from "./examining.ts";

const parent = throwAwayFolder();
let folder = "";
let made = 0;
beforeEach(() => {
  folder = join(parent, String(++made));
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const subjects = ({ findings }: Diagnosis) => findings.map((finding) => finding.about);

describe("a file that cannot be used is a finding of its own", () => {
  for (const [what, spoil] of [
    ["is garbage", (file: string) => writeFileSync(file, "Dear diary, this is not a database. ".repeat(200))],
    ["is a folder", (file: string) => mkdirSync(file)],
  ] as const) {
    for (const name of [FILES.lock, FILES.control, FILES.readings]) {
      test(`when ${name} ${what}`, async () => {
        await makeFolder(folder);
        rmSync(join(folder, name));
        spoil(join(folder, name));
        const diagnosis = await examine(folder);
        const wrong = diagnosis.findings.filter(({ state }) => state === "wrong");
        expect(wrong).toHaveLength(1);
        expect(wrong[0]?.says).toMatch(/this is not a SQLite file|is a folder/);
        expect(diagnosis.code).toBe(1);
      });
    }
  }

  test("when it is damaged, also while the lock cannot be read", async () => {
    await makeFolder(folder);
    writeFileSync(join(folder, FILES.lock), "garbage ".repeat(200));
    const file = join(folder, FILES.control);
    const database = new Database(file);
    database.run("PRAGMA journal_mode = DELETE");
    database.run("CREATE TABLE filler AS SELECT randomblob(100000) AS blob");
    const { rootpage } = database
      .query("SELECT rootpage FROM sqlite_schema WHERE name = 'access_token_profile'")
      .get() as { rootpage: number };
    database.close();
    const bytes = Buffer.from(await Bun.file(file).arrayBuffer());
    // An index that lost its entry: counting rows would not notice.
    bytes.fill(0xa5, rootpage * 4096 - 64, rootpage * 4096);
    writeFileSync(file, bytes);
    const diagnosis = await examine(folder);
    expect(about("lock", diagnosis).state).toBe("wrong");
    expect(about("users and tokens", diagnosis)).toMatchObject({
      state: "wrong",
      says: expect.stringContaining(`${file} is damaged: `),
      advice: "Restore it from a backup, or move it away.",
    });
  });

  test("when it holds the tables of another program", async () => {
    await makeFolder(folder);
    const file = join(folder, FILES.control);
    rmSync(file);
    const database = new Database(file, { create: true });
    database.run("CREATE TABLE recipe (name TEXT)");
    database.close();
    expect(about("users and tokens", await examine(folder))).toMatchObject({
      state: "wrong",
      says: `${file} holds no data of Heartwire (no such table: profile)`,
    });
  });
});

describe("of a folder of which half was copied the doctor tells", () => {
  test("that users are missing whose readings are there", async () => {
    await makeFolder(folder);
    rmSync(join(folder, FILES.control));
    const diagnosis = await examine(folder);
    expect(about("users and tokens", diagnosis)).toEqual({
      state: "wrong",
      about: "users and tokens",
      says: `${join(folder, FILES.readings)} is there without ${join(folder, FILES.control)}, which says whose readings they are`,
      advice: "Put the control.db of the same backup back, or move readings.db away to begin anew.",
    });
    expect(diagnosis.code).toBe(1);
  });

  test("that readings may be missing where there are users", async () => {
    await makeFolder(folder);
    rmSync(join(folder, FILES.readings));
    expect(about("readings", await examine(folder))).toMatchObject({
      state: "notice",
      advice: `npm start makes ${join(folder, FILES.readings)}. If there were readings, put the file of the same backup back first.`,
    });
  });
});

describe("of a folder that this user may not use the doctor says that alone", () => {
  /** Root may do everything, unless it gives that up. */
  const through = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : [];
  const refused = (says: string) => ({
    state: "wrong" as const,
    about: "data folder",
    says,
    advice: expect.any(String),
  });

  for (const [what, mode] of [
    ["read but not write", 0o500],
    ["neither read nor write", 0o000],
  ] as const) {
    test(`when it may ${what}`, async () => {
      await makeFolder(folder);
      chmodSync(folder, mode);
      try {
        const diagnosis = await examine(folder, { through });
        expect(subjects(diagnosis)).toEqual(["Bun", "data folder", "open files", "server"]);
        expect(diagnosis.findings[1]).toEqual(refused(`this user may not read and write in ${folder}`));
        expect(diagnosis.code).toBe(1);
      } finally {
        chmodSync(folder, 0o700);
      }
    });
  }

  test("when it may not use one of its files", async () => {
    await makeFolder(folder);
    chmodSync(join(folder, FILES.control), 0o400);
    const wrong = (await examine(folder, { through })).findings.filter(({ state }) => state === "wrong");
    expect(wrong.map(({ says }) => says)).toEqual([
      `this user may not read and write ${join(folder, FILES.control)}`,
    ]);
  });

  test("when it is a file, or lies behind one", async () => {
    writeFileSync(folder, "mine");
    for (const data of [folder, join(folder, "data")]) {
      const diagnosis = await examine(data);
      expect(subjects(diagnosis)).toEqual(["Bun", "data folder", "open files", "server"]);
      expect(diagnosis.findings[1]).toEqual(refused(`${data} is not a folder`));
    }
  });
});

describe("the secret that signs cookies", () => {
  test("is not spoken of before it is there, and good when it is its owner's alone", async () => {
    await makeFolder(folder);
    expect(subjects(await examine(folder))).not.toContain("secret");
    writeFileSync(join(folder, FILES.secret), "x".repeat(43), { mode: 0o600 });
    expect(about("secret", await examine(folder))).toEqual({
      state: "good",
      about: "secret",
      says: "signs the cookies of those who are signed in",
    });
  });

  test("is a notice when others may read it, and wrong when it is none", async () => {
    await makeFolder(folder);
    const file = join(folder, FILES.secret);
    writeFileSync(file, "x".repeat(43));
    chmodSync(file, 0o644);
    expect(about("secret", await examine(folder))).toEqual({
      state: "notice",
      about: "secret",
      says: `other users of this machine may read ${file}`,
      advice: `Whoever reads it can sign in as anybody. Close it with: chmod 600 "${file}"`,
    });
    writeFileSync(file, "x".repeat(31));
    expect(about("secret", await examine(folder))).toMatchObject({
      state: "wrong",
      says: `${file} holds no secret`,
    });
    rmSync(file);
    mkdirSync(file);
    expect(about("secret", await examine(folder)).says).toBe(`${file} is a folder`);
  });
});
