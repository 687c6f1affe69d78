import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { PULSOID_HOSTS } from "../../domain/pulsoidHosts.ts";

/** Every line of ours ends with this, or with this and a remark: so they are found, whatever was done around them. */
export const MARK = "# heartwire dropin";

const OURS = new RegExp(`${MARK}(?::.*)?\\r?$`);

const BEGIN = `${MARK}: these lines lead apps with Pulsoid's hosts built in to this machine`;

/** The same where the file did not end with a line's end, so that one was added. */
const BEGIN_AFTER_OPEN_LINE = `${MARK}: a line's end was added before this, and goes with these lines`;

/** Goes before the address of a data folder in which a certificate was made for these lines. */
const PREPARED_IN = `${MARK}: prepared in `;

const ADDRESSES = ["127.0.0.1", "::1"];

/**
 * The lines that lead Pulsoid's hosts here, to be put at the end of a hosts file with this text, when lines of ours were
 * taken out of it.
 *
 * @param dataFolder in which it was prepared; it is named beside those that were before, so that whoever undoes it finds all
 */
export function linesToAdd(text: string, dataFolder: string): string {
  const kept = withoutOurLines(text);
  const isOpen = kept !== "" && !kept.endsWith("\n");
  const folders = new Set([...dataFoldersIn(text), dataFolder]);
  const lines = [
    `${isOpen ? BEGIN_AFTER_OPEN_LINE : BEGIN}\n`,
    ...[...folders].map((folder) => `${PREPARED_IN}${encode(folder)}\n`),
    ...leadingLines(),
  ].join("");
  return isOpen ? `\n${lines}` : lines;
}

/** The data folders that our lines in a hosts file with this text name. */
export function dataFoldersIn(text: string): readonly string[] {
  return linesOf(text).flatMap((line) => (line.startsWith(PREPARED_IN) ? decode(line) : []));
}

/** As an address has it: in letters that every hosts file and every shell leaves alone. */
function encode(folder: string): string {
  return encodeURI(folder.toWellFormed()).replaceAll("$", "%24");
}

function decode(line: string): readonly string[] {
  try {
    return [decodeURIComponent(line.slice(PREPARED_IN.length).trim())];
  } catch {
    // Somebody has changed the line: it names no folder any more.
    return [];
  }
}

function leadingLines(): readonly string[] {
  return ADDRESSES.map((address) => `${address} ${PULSOID_HOSTS.join(" ")} ${MARK}\n`);
}

/** A hosts file's text without our lines: byte for byte what it was before, and what was changed since. */
export function withoutOurLines(text: string): string {
  const lines = linesOf(text);
  const kept = lines.filter((line) => !isOurs(line));
  const begins = lines.findIndex((line) => line.startsWith(BEGIN_AFTER_OPEN_LINE));
  // The added line's end goes, unless somebody has written on after our lines and needs it now.
  const isLast = begins >= 0 && lines.slice(begins).every(isOurs);
  return isLast ? kept.join("").replace(/\n$/, "") : kept.join("");
}

export function hasOurLines(text: string): boolean {
  return linesOf(text).some(isOurs);
}

/** Whether a hosts file leads all of Pulsoid's hosts here by exactly our lines. */
export function leadsHere(text: string): boolean {
  const leading = linesOf(text).filter((line) => isOurs(line) && !line.startsWith(MARK));
  return leading.join("").replaceAll("\r\n", "\n") === leadingLines().join("");
}

/** The same, and they name the data folder in which it was prepared. */
export function leadsHereFrom(text: string, dataFolder: string): boolean {
  return leadsHere(text) && dataFoldersIn(text).includes(dataFolder);
}

/** Lines of somebody else that name one of the hosts. */
export function otherLinesForOurHosts(text: string): readonly string[] {
  return namingOurHosts(linesOf(text));
}

/** Those of them that stand before ours: what stands first in the file wins. */
export function linesThatWin(text: string): readonly string[] {
  const lines = linesOf(text);
  const first = lines.findIndex(isOurs);
  return namingOurHosts(first < 0 ? lines : lines.slice(0, first));
}

function namingOurHosts(lines: readonly string[]): readonly string[] {
  return lines
    .filter((line) => !isOurs(line))
    .map((line) => line.replace(/#.*/s, "").trim())
    .filter((line) =>
      line
        .split(/\s+/)
        .slice(1)
        .some((name) => PULSOID_HOSTS.includes(name.toLowerCase())),
    );
}

/** The hosts file of this system. */
export const HOSTS_FILE =
  process.platform === "win32"
    ? `${process.env.SystemRoot ?? "C:\\Windows"}\\System32\\drivers\\etc\\hosts`
    : "/etc/hosts";

/** Shell lines that remove our lines from a hosts file with this text. */
export function removalLines(text: string, sudo: string): readonly string[] {
  const removal = `${sudo}sed --in-place --follow-symlinks '/${MARK}/d' ${HOSTS_FILE}`;
  const ends =
    linesOf(text)
      .filter((line) => !isOurs(line))
      .join("").length - withoutOurLines(text).length;
  return ends === 0 ? [removal] : [removal, `${sudo}truncate --size=-${ends} ${HOSTS_FILE}`];
}

/** Every byte of the file is a character, so that what is not UTF-8 stays as it is. */
export function readHosts(): string {
  return existsSync(HOSTS_FILE) ? readFileSync(HOSTS_FILE, "latin1") : "";
}

/**
 * Changes the hosts file where it lies: it may be mounted there, and its owner, rights and labels are the system's. Only
 * what comes after the first difference is written, so that no interruption can harm what comes before.
 */
export function writeHosts(text: string): void {
  const before = readHosts();
  let same = 0;
  while (same < text.length && before[same] === text[same]) same++;
  const file = openSync(HOSTS_FILE, "r+");
  try {
    const rest = Buffer.from(text.slice(same), "latin1");
    for (let written = 0; written < rest.length; ) {
      written += writeSync(file, rest, written, rest.length - written, same + written);
    }
    ftruncateSync(file, text.length);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Lines with their ends. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function isOurs(line: string): boolean {
  return OURS.test(line.replace(/\n$/, ""));
}
