import { Database } from "bun:sqlite";
import { accessSync, constants, existsSync, lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import { isSecret } from "../../auth/accounts/secret.ts";
import { explain } from "../../storage/sqlite/database.ts";
import { FILES } from "../../storage/sqlite/files.ts";
import { findOrphanedReadings } from "../../storage/sqlite/orphanedReadings.ts";
import type { Finding } from "./finding.ts";
import { readUnchanged, UnmergedLog } from "./readUnchanged.ts";

/** Looks at the lock and the databases of a folder that this user may use. */
export function examineFiles(folder: string): {
  readonly findings: readonly Finding[];
  /** Whether a server uses the folder; absent when its lock cannot be read. */
  readonly isServed: boolean | undefined;
} {
  const lock = examineLock(join(folder, FILES.lock));
  const isServed = lock.state === "wrong" ? undefined : lock === SERVED;
  const checkDamage = !isServed;
  const control = join(folder, FILES.control);
  const users = "users and tokens";
  const orphaned = findOrphanedReadings(folder);
  const findings: Finding[] = [
    lock,
    orphaned === undefined
      ? examineDatabase(control, users, describeControl, checkDamage)
      : { state: "wrong", about: users, ...orphaned },
    examineReadings(folder, checkDamage),
    ...examineSecret(join(folder, FILES.secret)),
  ];
  return { findings, isServed };
}

/** Made when somebody first signs in, where HEARTWIRE_SECRET does not stand for it: nothing is said while it is not there. */
function examineSecret(file: string): Finding[] {
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return [];
  const about = "secret";
  const obstacle = findObstacle(file);
  if (obstacle !== undefined) return [{ state: "wrong", about, ...obstacle }];
  if (!isSecret(file)) {
    const advice = "Move it away: the server makes another, and everybody signs in anew.";
    return [{ state: "wrong", about, says: `${file} holds no secret`, advice }];
  }
  if ((statSync(file).mode & 0o077) !== 0 && process.platform !== "win32") {
    const advice = `Whoever reads it can sign in as anybody. Close it with: chmod 600 "${file}"`;
    return [{ state: "notice", about, says: `other users of this machine may read ${file}`, advice }];
  }
  return [{ state: "good", about, says: "signs the cookies of those who are signed in" }];
}

/** Commands make users before there are readings; where users had some, the file is missing. */
function examineReadings(folder: string, checkDamage: boolean): Finding {
  const file = join(folder, FILES.readings);
  if (existsSync(file) || !existsSync(join(folder, FILES.control))) {
    return examineDatabase(file, "readings", describeReadings, checkDamage);
  }
  return {
    state: "notice",
    about: "readings",
    says: "none yet",
    advice: `npm start makes ${file}. If there were readings, put the file of the same backup back first.`,
  };
}

const SERVED: Finding = { state: "good", about: "lock", says: "a server uses the folder" };
const NOT_SERVED: Finding = { state: "good", about: "lock", says: "no server uses the folder" };

/** A server holds its lock file exclusively, so that even reading it is refused as busy. */
function examineLock(file: string): Finding {
  if (!existsSync(file)) return NOT_SERVED;
  const obstacle = findObstacle(file);
  if (obstacle !== undefined) return { state: "wrong", about: "lock", ...obstacle };
  let database: Database | undefined;
  try {
    database = new Database(file, { readonly: true });
    database.query("SELECT count(*) FROM sqlite_schema").get();
    return NOT_SERVED;
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith("SQLITE_BUSY")) return SERVED;
    return { state: "wrong", about: "lock", says: explain(error, file).message };
  } finally {
    database?.close();
  }
}

/** @param checkDamage whether every page is read, which would slow a server that uses a large file */
function examineDatabase(
  file: string,
  about: string,
  describe: (database: Database) => string,
  checkDamage: boolean,
): Finding {
  if (!existsSync(file))
    return { state: "notice", about, says: "none yet", advice: "npm start makes the file." };
  const obstacle = findObstacle(file);
  if (obstacle !== undefined) return { state: "wrong", about, ...obstacle };
  try {
    return readUnchanged(file, (database): Finding => {
      database.run("PRAGMA busy_timeout = 5000");
      const damage = checkDamage ? findDamage(database) : undefined;
      if (damage === undefined) return { state: "good", about, says: describe(database) };
      const advice = "Restore it from a backup, or move it away.";
      return { state: "wrong", about, says: `${file} is damaged: ${damage}`, advice };
    });
  } catch (error) {
    return explainUnread(error, file, about);
  }
}

function explainUnread(error: unknown, file: string, about: string): Finding {
  if (error instanceof UnmergedLog) {
    const says = `the last changes of ${file} wait in ${file}-wal`;
    return { state: "notice", about, says, advice: "npm start brings them in; ask again after it." };
  }
  // SQLite has read the file and finds other tables in it than ours.
  if ((error as { code?: string }).code === "SQLITE_ERROR") {
    const says = `${file} holds no data of Heartwire (${(error as Error).message})`;
    return {
      state: "wrong",
      about,
      says,
      advice: "Move it away, or choose another folder with HEARTWIRE_DATA.",
    };
  }
  return { state: "wrong", about, says: explain(error, file).message };
}

/** SQLite would say only that it cannot open the file, or that the disk is failing. */
function findObstacle(file: string): Pick<Finding, "says" | "advice"> | undefined {
  try {
    if (statSync(file).isDirectory()) {
      return {
        says: `${file} is a folder`,
        advice: "Move it away: Heartwire keeps a file of this name here.",
      };
    }
    accessSync(file, constants.R_OK | constants.W_OK);
    return undefined;
  } catch {
    const advice = "Run Heartwire as the file's owner, or change the owner.";
    return { says: `this user may not read and write ${file}`, advice };
  }
}

function findDamage(database: Database): string | undefined {
  const { quick_check: found } = database.query("PRAGMA quick_check(1)").get() as { quick_check: string };
  // SQLite's own words can have several lines.
  return found === "ok" ? undefined : found.replaceAll(/\s+/g, " ");
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
  return `${profiles} ${profiles === 1 ? "user" : "users"}, ${tokens} ${tokens === 1 ? "token that works" : "tokens that work"}`;
}

/** Sequence numbers count the readings that were stored, whatever form they have by now, erased ones too. */
function describeReadings(database: Database): string {
  const { stored } = database
    .query(
      "SELECT max((SELECT value FROM store WHERE name = 'last_sequence'), coalesce(max(first_sequence + readings - 1), 0)) AS stored FROM arrival",
    )
    .get() as { stored: number };
  return `${stored.toLocaleString("en")} received so far`;
}
