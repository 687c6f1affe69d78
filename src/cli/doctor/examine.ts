import { Database } from "bun:sqlite";
import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../../settings/settings.ts";
import { FILES } from "../../storage/sqlite/folder.ts";

/** One thing the doctor looked at. */
export interface Finding {
  readonly state: "good" | "notice" | "wrong";
  readonly about: string;
  readonly says: string;
  readonly advice?: string;
}

const MEBIBYTE = 1_048_576;

/** Less free disk than this is worth a word: about 40 million readings. */
const FREE_SPACE_WANTED_BYTES = 1_024 * MEBIBYTE;

/** How long a server may take to answer. */
const ANSWER_TIMEOUT_MS = 3_000;

/** Looks at settings, data folder, files, disk and the server's answer, in this order. Changes nothing. */
export async function examine(settings: Settings): Promise<readonly Finding[]> {
  const folder = settings.data;
  const findings: Finding[] = [{ state: "good", about: "Bun", says: `version ${Bun.version}` }];
  if (!existsSync(folder)) {
    findings.push({
      state: "notice",
      about: "data folder",
      says: `${folder} is not there yet`,
      advice: "npm start makes it. If you expected data, name its folder with HEARTWIRE_DATA.",
    });
  } else {
    findings.push(examineFolder(folder), examineSpace(folder));
    const running = isLocked(join(folder, FILES.lock));
    findings.push(examineFile(join(folder, FILES.control), "profiles and tokens", running, describeControl));
    findings.push(examineFile(join(folder, FILES.readings), "readings", running, describeReadings));
  }
  findings.push(await examineServer(settings));
  return findings;
}

function examineFolder(folder: string): Finding {
  const about = "data folder";
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return {
      state: "wrong",
      about,
      says: `this user may not write in ${folder}`,
      advice: "Run Heartwire as the folder's owner, or change the owner.",
    };
  }
  const open = (statSync(folder).mode & 0o077) !== 0 && process.platform !== "win32";
  return open
    ? {
        state: "notice",
        about,
        says: `other users of this machine can look into ${folder}`,
        advice: `It holds health data. Close it with: chmod 700 ${folder}`,
      }
    : { state: "good", about, says: folder };
}

function examineSpace(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  const says = `${Math.floor(freeBytes / MEBIBYTE)} MiB free`;
  if (freeBytes === 0) {
    return {
      state: "wrong",
      about: "disk",
      says,
      advice: "Readings are refused with 500 until there is room; senders try again.",
    };
  }
  return freeBytes < FREE_SPACE_WANTED_BYTES
    ? { state: "notice", about: "disk", says, advice: "Make room before it is full." }
    : { state: "good", about: "disk", says };
}

function examineFile(
  file: string,
  about: string,
  running: boolean,
  describe: (database: Database) => string,
): Finding {
  if (!existsSync(file))
    return { state: "notice", about, says: "none yet", advice: "npm start makes the file." };
  let database: Database | undefined;
  try {
    database = new Database(file, { readonly: true });
    database.run("PRAGMA busy_timeout = 5000");
    // Reading every page of a large file would slow the server that uses it.
    const damage = running
      ? "ok"
      : (database.query("PRAGMA quick_check(1)").get() as { quick_check: string }).quick_check;
    if (damage !== "ok") {
      return {
        state: "wrong",
        about,
        says: `${file} is damaged (${damage})`,
        advice: "Restore it from a backup.",
      };
    }
    return { state: "good", about, says: describe(database) };
  } catch (error) {
    return {
      state: "wrong",
      about,
      says: `${file} cannot be read: ${(error as Error).message}`,
      advice: "If it is not Heartwire's, move it away; if it is damaged, restore it from a backup.",
    };
  } finally {
    database?.close();
  }
}

function describeControl(database: Database): string {
  const { profiles } = database.query("SELECT count(*) AS profiles FROM profile").get() as {
    profiles: number;
  };
  const { tokens } = database
    .query(
      "SELECT count(*) AS tokens FROM access_token WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)",
    )
    .get(Date.now()) as { tokens: number };
  return `${profiles} users, ${tokens} tokens that work`;
}

/** Sequence numbers count the readings that were stored, whatever form they have by now. */
function describeReadings(database: Database): string {
  const { stored } = database
    .query(
      "SELECT max((SELECT value FROM store WHERE name = 'last_sequence'), coalesce(max(first_sequence + readings - 1), 0)) AS stored FROM arrival",
    )
    .get() as { stored: number };
  return `${stored.toLocaleString("en")} stored`;
}

/** A server holds its lock file exclusively, so that even reading it is refused. */
function isLocked(lockFile: string): boolean {
  if (!existsSync(lockFile)) return false;
  const database = new Database(lockFile, { readonly: true });
  try {
    database.query("SELECT count(*) FROM sqlite_schema").get();
    return false;
  } catch {
    return true;
  } finally {
    database.close();
  }
}

async function examineServer({ host, port }: Settings): Promise<Finding> {
  const about = "server";
  const name = host === undefined || host === "0.0.0.0" || host === "::" ? "localhost" : host;
  const address = `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
  try {
    const response = await fetch(`${address}/health/ready`, {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const { status, reason } = (await response.json()) as { status?: string; reason?: string };
    if (status === "ready")
      return { state: "good", about, says: `answers at ${address} and can store readings` };
    return {
      state: "wrong",
      about,
      says: `answers at ${address}, but is ${status ?? "no Heartwire"}${reason === undefined ? "" : `: ${reason}`}`,
      advice: "Its log says why.",
    };
  } catch (error) {
    if (error instanceof SyntaxError) {
      return {
        state: "wrong",
        about,
        says: `another program answers at ${address}`,
        advice: "Stop it, or choose another port with HEARTWIRE_PORT.",
      };
    }
    return {
      state: "notice",
      about,
      says: `nothing answers at ${address}`,
      advice: "Start it with npm start.",
    };
  }
}
