import { X509Certificate } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asOwnerOf } from "./asOwner.ts";
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
  /** PEM of this one certificate, and nothing beside it: it goes into the trust of a machine, and into lines of a shell. */
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
  const authority = readIssuer(readFileSync(authorityFile(dataFolder), "utf8"), pair);
  if (authority === undefined) {
    throw new UnusablePair("certificate", "the authority beside it is not the one that signed it");
  }
  return { authority: authority.toString(), pair };
}

function readIssuer(pem: string, { details }: CertificatePair): X509Certificate | undefined {
  try {
    const authority = new X509Certificate(pem);
    return details.verify(authority.publicKey) ? authority : undefined;
  } catch {
    return undefined;
  }
}

/** Changes whenever something else is prepared in a data folder; undefined while nothing is. */
export function preparedVersion(dataFolder: string): string | undefined {
  const found = statSync(serverFile(dataFolder), { throwIfNoEntry: false });
  return found && [found.ino, found.mtimeMs, found.size].join(" ");
}

/**
 * Keeps a certificate in a data folder, in place of an earlier one, as the owner of the data folder: the server may run
 * as somebody else than who prepares the machine.
 *
 * @throws Error when what is to be the folder of it is a link or a file; what the file system throws
 */
export function writePrepared(dataFolder: string, { authority, certificate, key }: Issued): void {
  asOwnerOf(dataFolder, () => {
    makeFolder(preparedFolder(dataFolder));
    write(authorityFile(dataFolder), authority);
    write(serverFile(dataFolder), `${certificate}${key}`);
  });
}

function makeFolder(folder: string): void {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) mkdirSync(folder, { mode: 0o700 });
  else if (!found.isDirectory()) throw new Error(`${folder} is a link or a file, expected a folder`);
}

function write(file: string, text: string): void {
  const unfinished = `${file}.new`;
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, text, { mode: 0o600, flag: "wx" });
  renameSync(unfinished, file);
}

/** Deletes what was prepared, as the owner of the data folder. @throws what the file system throws */
export function removePrepared(dataFolder: string): void {
  asOwnerOf(dataFolder, () => rmSync(preparedFolder(dataFolder), { recursive: true, force: true }));
}

/** Whether anything at all was prepared, also by a command that was interrupted. */
export function isAnythingPrepared(dataFolder: string): boolean {
  return lstatSync(preparedFolder(dataFolder), { throwIfNoEntry: false }) !== undefined;
}

function serverFile(dataFolder: string): string {
  return join(preparedFolder(dataFolder), SERVER);
}
