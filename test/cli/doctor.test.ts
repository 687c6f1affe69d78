import { Database } from "bun:sqlite";
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { FILES } from "../../src/storage/sqlite/files.ts";
import { ServerProcess } from "../support/faults/serverProcess.ts";
import { SmallDisk } from "../support/faults/smallDisk.ts";
import { throwAwayFolder } from "../support/server.ts";
import { about, closedPort, examine, makeFolder } from "./doctor/examining.ts";
import { runHeartwire } from "./runHeartwire.ts";

const TEST_MS_MAX = 60_000;

const parent = throwAwayFolder();
let folder = "";
let made = 0;
beforeEach(() => {
  folder = join(parent, String(++made));
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

function listing(): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return `${name} ${size} ${mtimeMs}`;
    });
}

/** Without what it says of open files: that is another thing on every machine. */
function withoutOpenFiles(text: string): string {
  return text.replace(/^(?:good {2}|notice) {2}open files: .*\n(?: {8}.*\n)?/m, "");
}

describe("the doctor's words", () => {
  const version = `good    Bun: version ${Bun.version}\n`;
  const nobody = (port: number) =>
    `notice  server: nothing answers at http://127.0.0.1:${port}\n        Start it with npm start.\n`;

  test("for a folder that is not there yet", async () => {
    const port = await closedPort();
    const { code, stdout } = await examine(folder, { port, text: true });
    expect(withoutOpenFiles(stdout)).toBe(
      `${version}notice  data folder: ${folder} is not there yet\n` +
        "        npm start makes it. If you expected data, name its folder with HEARTWIRE_DATA.\n" +
        nobody(port),
    );
    expect(code).toBe(0);
  });

  test("for a folder that no server uses", async () => {
    await makeFolder(folder);
    const port = await closedPort();
    const { code, stdout } = await examine(folder, { port, text: true });
    const lines = withoutOpenFiles(stdout).replace(/disk: [\d,]+ MiB/, "disk: 9 MiB");
    expect(lines).toBe(
      `${version}good    data folder: ${folder}\n` +
        "good    disk: 9 MiB free\n" +
        "good    lock: no server uses the folder\n" +
        "good    users and tokens: 1 user, 1 token that works\n" +
        `good    readings: 0 received so far\n${nobody(port)}`,
    );
    expect(code).toBe(0);
  });

  test(
    "for a folder whose server runs, here or on another port",
    async () => {
      await makeFolder(folder);
      await using server = await ServerProcess.start({ folder });
      const port = Number(new URL(server.origin).port);
      const { code, stdout } = await examine(folder, { port, text: true });
      expect(stdout).toContain("good    lock: a server uses the folder\n");
      expect(stdout).toEndWith(`good    server: answers at ${server.origin} and can store readings\n`);
      expect(code).toBe(0);

      const elsewhere = about("server", await examine(folder));
      expect(elsewhere).toMatchObject({ state: "notice", advice: expect.stringContaining("HEARTWIRE_PORT") });

      const other = await examine(join(parent, "not-its-own"), { port });
      expect(about("server", other)).toMatchObject({
        state: "notice",
        says: `answers at ${server.origin}, but keeps its data in another folder`,
      });
    },
    TEST_MS_MAX,
  );

  test("for a folder that others can look into", async () => {
    await makeFolder(folder);
    chmodSync(folder, 0o750);
    const diagnosis = await examine(folder);
    expect(about("data folder", diagnosis)).toEqual({
      state: "notice",
      about: "data folder",
      says: `other users of this machine can look into ${folder}`,
      advice: `It holds health data. Close it with: chmod 700 "${folder}"`,
    });
    expect(diagnosis.code).toBe(0);
  });

  test("for a process that may open few files", async () => {
    const through = ["sh", "-c", 'ulimit -n 4000; exec "$0" "$@"'];
    expect(about("open files", await examine(folder, { through }))).toEqual({
      state: "notice",
      about: "open files",
      says: "4,000 may be open at once, which is enough for 3,000 listeners",
      advice: "For 50,000 raise the hard limit to 51000 (ulimit -n, or LimitNOFILE of a service).",
    });
  });

  test("for a port that is chosen anew at each start", async () => {
    expect(about("server", await examine(folder, { port: 0 }))).toMatchObject({ state: "notice" });
  });

  test("for a disk that is nearly full, and one that is full", async () => {
    const mebibytes = 2;
    await using disk = await SmallDisk.mount(mebibytes * 1_048_576);
    if (disk === undefined) return;
    const { through, path } = disk;
    const nearly = about("disk", await examine(path, { through }));
    expect(nearly).toMatchObject({ state: "notice", advice: "Make room before it is full." });

    const filler = Bun.spawn([...through, "dd", "if=/dev/zero", `of=${join(path, "filler")}`, "bs=4096"], {
      stdout: "ignore",
      stderr: "ignore",
    });
    await filler.exited;
    const full = await examine(path, { through });
    expect(about("disk", full)).toMatchObject({ state: "wrong", says: "0 MiB free" });
    expect(full.code).toBe(1);
  });
});

describe("the doctor changes nothing", () => {
  test("in a folder that was closed in order", async () => {
    await makeFolder(folder);
    const before = listing();
    expect(before.map((line) => line.split(" ")[0])).toEqual([FILES.control, FILES.lock, FILES.readings]);
    await examine(folder);
    expect(listing()).toEqual(before);
  });

  test(
    "in the folder of a server that runs, and in that of one that was killed, whose last changes it sees",
    async () => {
      await makeFolder(folder);
      await using server = await ServerProcess.start({ folder });
      const token = ["token", "create", "--data", folder, "--user", "ben", "--scopes", "profile:read"];
      expect((await runHeartwire(token)).code).toBe(0);
      const running = listing();
      // The doctor asks a port where nobody listens: a server that is asked whether it can store tries it.
      expect(about("users and tokens", await examine(folder)).says).toBe("2 users, 2 tokens that work");
      expect(listing()).toEqual(running);

      await server.kill();
      const killed = listing();
      expect(killed.join()).toContain(`${FILES.control}-wal`);
      const diagnosis = await examine(folder);
      expect(about("lock", diagnosis).says).toBe("no server uses the folder");
      expect(about("users and tokens", diagnosis).says).toBe("2 users, 2 tokens that work");
      expect(listing()).toEqual(killed);
    },
    TEST_MS_MAX,
  );

  test("where a log has lost its index, and says so", async () => {
    await makeFolder(folder);
    const file = join(folder, FILES.control);
    const database = new Database(file);
    database.run("UPDATE profile SET created_at = 0");
    const copied = join(folder, "kept");
    for (const end of ["", "-wal"]) copyFileSync(`${file}${end}`, `${copied}${end}`);
    database.close(true);
    for (const end of ["", "-wal"]) copyFileSync(`${copied}${end}`, `${file}${end}`);
    rmSync(`${file}-shm`, { force: true });
    const before = listing();
    expect(about("users and tokens", await examine(folder))).toMatchObject({
      state: "notice",
      says: `the last changes of ${file} wait in ${file}-wal`,
    });
    expect(listing()).toEqual(before);
  });
});
