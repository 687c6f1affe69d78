import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { StoreUnavailable } from "../../storage/readingStore.ts";
import { FILES } from "../../storage/sqlite/files.ts";

const SECRET_BYTES = 32;
/** What a file must hold at least to be taken for a secret. */
const SECRET_CHARACTERS_MIN = 32;

/**
 * The secret by which cookies are signed, out of the data folder; made there where there is none. Only the server that holds
 * the folder's lock asks for it. It is written beside its place and moved there when it is on disk, so that a crash leaves
 * none or a whole one.
 *
 * @throws StoreUnavailable when what stands there is no secret, or it cannot be written
 */
export function keptSecret(folder: string): string {
  const file = join(folder, FILES.secret);
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return makeSecret(file);
  if (!isSecret(file)) {
    throw new StoreUnavailable(
      `${file} holds no secret of at least ${SECRET_CHARACTERS_MIN} characters. Move it away: the server makes another, and everybody signs in anew.`,
    );
  }
  return readFileSync(file, "utf8").trim();
}

/** Whether what stands there is a file that can be taken for a secret. */
export function isSecret(file: string): boolean {
  return lstatSync(file).isFile() && readFileSync(file, "utf8").trim().length >= SECRET_CHARACTERS_MIN;
}

function makeSecret(file: string): string {
  const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString("base64url");
  const beside = `${file}.new`;
  try {
    rmSync(beside, { force: true });
    const descriptor = openSync(beside, "wx", 0o600);
    try {
      writeSync(descriptor, `${secret}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, file);
  } catch (error) {
    throw new StoreUnavailable(`The secret cannot be written to ${file}: ${(error as Error).message}`);
  }
  return secret;
}
