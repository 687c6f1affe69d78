import { X509Certificate } from "node:crypto";
import { chownSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Issued } from "./authority.ts";
import { type CertificatePair, readPair, UnusablePair } from "./certificatePair.ts";

/** Where a data folder keeps what leads apps with Pulsoid's hosts built in here. */
const FOLDER = "dropin";

/** What is prepared lies in one folder below the data folder. */
export function preparedFolder(dataFolder: string): string {
  return join(dataFolder, FOLDER);
}

/** The authority's certificate, which is no secret. */
const AUTHORITY = "authority.pem";

/** The server's certificate and its key in one file, so that no reader ever sees one without the other. */
const SERVER = "server.pem";

/** What was prepared in a data folder. */
export interface Prepared {
  readonly authority: string;
  readonly pair: CertificatePair;
}

/** The file that goes into the trust of a machine. */
export function authorityFile(dataFolder: string): string {
  return join(preparedFolder(dataFolder), AUTHORITY);
}

/**
 * Reads what was prepared in a data folder.
 *
 * @param nowMs the certificate has to hold at this time
 * @returns undefined when nothing is prepared there
 * @throws UnusablePair, or what reading the files throws
 */
export function readPrepared(dataFolder: string, nowMs: number): Prepared | undefined {
  const file = serverFile(dataFolder);
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  const blocks = readFileSync(file, "utf8").split(/(?<=^-----END [A-Z ]+-----\n)/m);
  const [certificate = "", key = ""] = blocks;
  const pair = readPair(certificate, key, nowMs);
  const authority = readFileSync(authorityFile(dataFolder), "utf8");
  if (!isIssuer(authority, pair)) {
    throw new UnusablePair("certificate", "the authority beside it is not the one that signed it");
  }
  return { authority, pair };
}

function isIssuer(authority: string, { details }: CertificatePair): boolean {
  try {
    return details.verify(new X509Certificate(authority).publicKey);
  } catch {
    return false;
  }
}

/** Changes whenever something else is prepared in a data folder; undefined while nothing is. */
export function preparedVersion(dataFolder: string): string | undefined {
  const found = statSync(serverFile(dataFolder), { throwIfNoEntry: false });
  return found && [found.ino, found.mtimeMs, found.size].join(" ");
}

/**
 * Keeps a certificate in a data folder, in place of an earlier one. The files get the owner of the data folder: the
 * server may run as somebody else than who prepares the machine.
 */
export function writePrepared(dataFolder: string, { authority, certificate, key }: Issued): void {
  const { uid, gid } = statSync(dataFolder);
  const folder = preparedFolder(dataFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  own(folder, uid, gid);
  const write = (file: string, text: string) => {
    const unfinished = `${file}.new`;
    rmSync(unfinished, { force: true });
    writeFileSync(unfinished, text, { mode: 0o600, flag: "wx" });
    own(unfinished, uid, gid);
    renameSync(unfinished, file);
  };
  write(authorityFile(dataFolder), authority);
  write(serverFile(dataFolder), `${certificate}${key}`);
}

export function removePrepared(dataFolder: string): void {
  rmSync(preparedFolder(dataFolder), { recursive: true, force: true });
}

/** Whether anything at all was prepared, also by a command that was interrupted. */
export function isAnythingPrepared(dataFolder: string): boolean {
  return statSync(preparedFolder(dataFolder), { throwIfNoEntry: false }) !== undefined;
}

function serverFile(dataFolder: string): string {
  return join(preparedFolder(dataFolder), SERVER);
}

/** Only root may give files away, and only root has to. */
function own(path: string, uid: number, gid: number): void {
  if (process.getuid?.() === 0) chownSync(path, uid, gid);
}
