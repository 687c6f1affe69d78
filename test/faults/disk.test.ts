import { afterAll, expect, test } from "bun:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../../src/domain/random.ts";
import type { Limits } from "../../src/settings/limits.ts";
import { FILES } from "../../src/storage/sqlite/files.ts";
import { checkFolder, makeUsers } from "../support/faults/dataFolder.ts";
import { Ledger } from "../support/faults/ledger.ts";
import { type Load, startLoad } from "../support/faults/load.ts";
import { ServerProcess, serveToEnd } from "../support/faults/serverProcess.ts";
import { SmallDisk } from "../support/faults/smallDisk.ts";
import { throwAwayFolder, write } from "../support/server.ts";

const KIBIBYTE = 2 ** 10;
const USERS = ["ada", "ben", "cy"];
const TEST_MS_MAX = 120_000;

/** The files that take the room on the disk, and give it back one by one. */
const FILLERS = ["filler-1", "filler-2"];

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test(
  "a full disk is answered 500 with 6001, and writes go on by themselves when there is room again",
  () => fillsAndRecovers({ diskBytes: 3_072 * KIBIBYTE, fillerBytes: 768 * KIBIBYTE }),
  TEST_MS_MAX,
);

test(
  "a disk that is full while readings are packed loses and doubles none of them",
  // The log is short, so that the disk fills up with packed hours too; they are small, and so is the disk.
  () =>
    fillsAndRecovers({
      diskBytes: 768 * KIBIBYTE,
      fillerBytes: 96 * KIBIBYTE,
      limits: { freshReadingsMax: 500, walPagesMax: 30 },
    }),
  TEST_MS_MAX,
);

interface Filling {
  readonly diskBytes: number;
  readonly fillerBytes: number;
  readonly limits?: Partial<Limits>;
}

async function fillsAndRecovers({ diskBytes, fillerBytes, ...options }: Filling): Promise<void> {
  await using disk = await SmallDisk.mount(diskBytes);
  if (disk === undefined) return;
  for (const filler of FILLERS) writeFileSync(disk.seen(filler), new Uint8Array(fillerBytes));
  const tokens = await usersOn(disk, "data");
  const token = tokens.get("ada") as string;
  const ledger = new Ledger(USERS);
  const random = seededRandom(1);
  await using server = await ServerProcess.start({
    folder: join(disk.path, "data"),
    through: disk.through,
    ...options,
  });
  const load = () => startLoad({ origin: server.origin, ledger, tokens, connections: 8, random });
  const writeOne = async () => {
    const reading = ledger.unanswered()[0] ?? ledger.make(0.5);
    const writer = tokens.get(reading.user) as string;
    const answer = await write(server.origin, writer, reading.measuredAt, reading.bpm);
    if (answer.status === 200) ledger.answer(reading);
    return answer;
  };

  for (const filler of FILLERS) {
    const before = ledger.answeredCount;
    // A commit too large for the room that is left may be followed by a smaller one that fits: go on until none does.
    let refused: Response;
    do {
      expect(await untilRefused(load())).toEqual([500]);
      refused = await writeOne();
    } while (refused.status === 200 || (await readiness(server)) !== 503);
    expect(ledger.answeredCount).toBeGreaterThan(before + 50);
    expect({ status: refused.status, body: await refused.json() }).toEqual({
      status: 500,
      body: { error_code: 6001, error_message: "unexpected server error" },
    });
    expect((await latest(server, token)).status).toBe(200);

    rmSync(disk.seen(filler));
    expect((await writeOne()).status).toBe(200);
    expect(await readiness(server)).toBe(200);
  }
  server.signal("SIGTERM");
  expect((await server.ended()).exitCode).toBe(0);

  const copy = folder();
  await disk.copy("data", copy);
  const { wrong, stored, packed } = await checkFolder(copy, ledger);
  expect(wrong).toEqual([]);
  expect(stored).toBeGreaterThanOrEqual(ledger.answeredCount);
  if (options.limits !== undefined) expect(packed).toBeGreaterThan(stored / 2);
  console.error(`${ledger.answeredCount} readings answered 200, ${stored} stored, ${packed} of them packed.`);
}

test(
  "a server that starts on a full disk says so in one line and ends with 1",
  async () => {
    await using disk = await SmallDisk.mount(1_024 * KIBIBYTE);
    if (disk === undefined) return;
    await usersOn(disk, "data");
    await disk.run("sh", "-c", 'cat /dev/zero > "$1/filler" || true', "sh", disk.path);
    for (const name of ["data", "new"]) {
      const { exitCode, stderr } = await serveToEnd({ folder: join(disk.path, name), through: disk.through });
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: expect.stringMatching(oneLine("disk is full")),
      });
    }
  },
  TEST_MS_MAX,
);

test(
  "a read-only folder is told in one line, and the start ends with 1",
  async () => {
    await using disk = await SmallDisk.mount(1_024 * KIBIBYTE);
    if (disk === undefined) return;
    await usersOn(disk, "used");
    await disk.run("rm", join(disk.path, "used", FILES.lock));
    await usersOn(disk, "served");
    mkdirSync(disk.seen("empty"));
    await disk.run("mount", "-o", "remount,ro", disk.path);
    const expected = {
      served: "is read-only",
      used: "is read-only",
      empty: "is read-only",
      new: "cannot be made",
    };
    for (const [name, words] of Object.entries(expected)) {
      const { exitCode, stdout, stderr } = await serveToEnd({
        folder: join(disk.path, name),
        through: disk.through,
      });
      expect({ name, exitCode, stdout, stderr }).toEqual({
        name,
        exitCode: 1,
        stdout: "",
        stderr: expect.stringMatching(oneLine(words)),
      });
    }
  },
  TEST_MS_MAX,
);

function oneLine(words: string): RegExp {
  return new RegExp(`^[^\\n]*${words}[^\\n]*\\n$`);
}

/** Makes a folder with users outside, because this process cannot work on the disk, and copies it there. */
async function usersOn(disk: SmallDisk, name: string): Promise<Map<string, string>> {
  const outside = folder();
  const tokens = await makeUsers(outside, USERS);
  await checkFolder(outside, new Ledger([]));
  await disk.run("cp", "-r", outside, join(disk.path, name));
  return tokens;
}

function folder(): string {
  const made = throwAwayFolder();
  folders.push(made);
  return made;
}

/** @returns the statuses with which the load was refused, once it was */
async function untilRefused(load: Load): Promise<number[]> {
  while (load.refusals.size === 0) await Bun.sleep(5);
  await load.stop();
  return [...load.refusals.keys()];
}

/** Readiness is known anew at least every second. */
async function readiness(server: ServerProcess): Promise<number> {
  await Bun.sleep(1_100);
  return (await fetch(`${server.origin}/health/ready`)).status;
}

function latest(server: ServerProcess, token: string): Promise<Response> {
  return fetch(`${server.origin}/api/v1/data/heart_rate/latest`, {
    headers: { authorization: `Bearer ${token}` },
  });
}
