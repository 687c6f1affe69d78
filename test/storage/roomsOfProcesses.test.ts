import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { EpochMs } from "../../src/domain/reading.ts";
import type { Joined } from "../../src/storage/rooms.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { throwAwayFolder } from "../support/server.ts";

const PROGRAM = join(import.meta.dir, "..", "support", "storage", "joiningProcess.ts");
const CODE_HASH = "0".repeat(64);
const NOW = Date.now() as EpochMs;

const PROCESSES = 3;
const GUESTS_A_PROCESS = 20;
const MEMBERS_MAX = 12;

type Outcome = Joined["outcome"];

function startJoining(file: string, profiles: readonly number[]) {
  const words = [file, CODE_HASH, String(MEMBERS_MAX), ...profiles.map(String)];
  return Bun.spawn([process.execPath, PROGRAM, ...words], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
}

/** Lets every process begin once all of them are ready. @returns what became of everybody, by process */
async function joinAtOnce(
  file: string,
  guests: readonly (readonly number[])[],
): Promise<readonly (readonly Outcome[])[]> {
  const processes = guests.map((profiles) => startJoining(file, profiles));
  const outputs = processes.map(({ stdout }) => stdout.pipeThrough(new TextDecoderStream()).getReader());
  for (const output of outputs) expect((await output.read()).value).toBe("ready\n");
  for (const { stdin } of processes) {
    stdin.write("go\n");
    stdin.flush();
  }
  const told = await Promise.all(outputs.map(async (output) => (await output.read()).value ?? "null"));
  for (const one of processes) expect(await one.exited).toBe(0);
  return told.map((line) => JSON.parse(line) as readonly Outcome[]);
}

async function withRoom(
  work: (opened: { directory: SqliteDirectory; file: string; publicId: string }) => Promise<void>,
): Promise<void> {
  const folder = throwAwayFolder();
  const file = join(folder, "control.db");
  const directory = await SqliteDirectory.open(file);
  try {
    const owner = await directory.createProfile("owner", NOW);
    const created = await directory.rooms.create({
      owner: owner.id,
      configuration: {},
      createdAt: NOW,
      ownedMax: 1,
      membershipsMax: 1,
    });
    if (created.outcome !== "created") throw new Error("the room was not made");
    const { room } = created;
    const expiresAt = (NOW + 3_600_000) as EpochMs;
    const times = { createdAt: NOW, expiresAt };
    await directory.rooms.invite({ room: room.id, codeHash: CODE_HASH, ...times, heldMax: 1 });
    await work({ directory, file, publicId: room.publicId });
  } finally {
    await directory.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

test("of many who join at once through several processes, no more come in than the room may have", () =>
  withRoom(async ({ directory, file, publicId }) => {
    const guests: number[][] = [];
    for (let each = 0; each < PROCESSES; each++) {
      const profiles = await Promise.all(
        Array.from({ length: GUESTS_A_PROCESS }, () => directory.createProfile(crypto.randomUUID(), NOW)),
      );
      guests.push(profiles.map(({ id }) => id));
    }
    const outcomes = (await joinAtOnce(file, guests)).flat();
    const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
    expect(count("joined")).toBe(MEMBERS_MAX - 1);
    expect(count("room full")).toBe(PROCESSES * GUESTS_A_PROCESS - (MEMBERS_MAX - 1));
    expect((await directory.rooms.find(publicId))?.members).toHaveLength(MEMBERS_MAX);
  }));

test("who joins through several processes at once is a member once", () =>
  withRoom(async ({ directory, file, publicId }) => {
    const { id } = await directory.createProfile("anna", NOW);
    const outcomes = (await joinAtOnce(file, Array(PROCESSES).fill([id]))).flat();
    expect(outcomes.filter((outcome) => outcome === "joined")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "member already")).toHaveLength(PROCESSES - 1);
    expect((await directory.rooms.find(publicId))?.members).toHaveLength(2);
  }));
