import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { checkout, progress, workFolder } from "./workspace.ts";

const MADE_OF = "made-of.txt";

/**
 * A folder that takes a while to make, made once and kept in the work folder until its fingerprint changes.
 *
 * @param make fills an empty folder
 * @returns the folder: read it or copy it, never write to it
 */
export async function preparedFolder(
  name: string,
  fingerprint: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(workFolder, "prepared", name);
  const madeOf = join(folder, MADE_OF);
  if (existsSync(madeOf) && readFileSync(madeOf, "utf8") === fingerprint) return folder;
  progress(`preparing ${name}`);
  const unfinished = `${folder}.unfinished`;
  for (const old of [folder, unfinished]) rmSync(old, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  await make(unfinished);
  writeFileSync(join(unfinished, MADE_OF), fingerprint);
  renameSync(unfinished, folder);
  return folder;
}

/** Copies what a prepared folder holds into a folder that will be written to. */
export function copyPrepared(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith(MADE_OF) });
}

let knownStorageFingerprint: string | undefined;

/** A fingerprint of the code that writes our files: another code may write other files. Taken once a run. */
export function storageFingerprint(): string {
  knownStorageFingerprint ??= hashOfFiles(join(checkout, "src", "storage"));
  return knownStorageFingerprint;
}

function hashOfFiles(folder: string): string {
  const hasher = new Bun.CryptoHasher("sha256");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  for (const file of files.toSorted()) hasher.update(file).update(readFileSync(join(folder, file)));
  return hasher.digest("hex");
}
