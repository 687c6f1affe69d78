import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { AUTHORITY_NAME } from "../../certificates/authorityName.ts";
import { isRoot } from "./privilege.ts";
import { hasProgram, quoted, run, type Step, shellStep } from "./step.ts";
import type { Trust } from "./systemTrust.ts";

/** A database of Mozilla's NSS, in which a browser of one user keeps the authorities that the user trusts. */
export interface BrowserDatabase {
  readonly browser: "Chromium" | "Firefox";
  readonly folder: string;
  /** Whose it is, where that is not the user who runs this. */
  readonly otherUser: string | undefined;
}

/** Folders below a user's home; a star stands for any one name. Chromium's are of the user, Firefox' of a profile. */
const PLACES: readonly (readonly [BrowserDatabase["browser"], string])[] = [
  ["Chromium", ".pki/nssdb"],
  ["Chromium", ".local/share/pki/nssdb"],
  ["Chromium", "snap/*/current/.pki/nssdb"],
  ["Chromium", ".var/app/*/.pki/nssdb"],
  ["Firefox", ".mozilla/firefox/*"],
  ["Firefox", ".config/mozilla/firefox/*"],
  ["Firefox", "snap/firefox/common/.mozilla/firefox/*"],
  ["Firefox", ".var/app/org.mozilla.firefox/.mozilla/firefox/*"],
];

/** The package that has certutil, by the name it has on Debian and on Fedora. */
export const CERTUTIL_PACKAGES = "libnss3-tools or nss-tools";

export function hasCertutil(): boolean {
  return hasProgram("certutil");
}

/** The databases that this process may change: those of every person for root, else the user's own. Each is named once. */
export function findBrowserDatabases(): readonly BrowserDatabase[] {
  const found = people().flatMap(({ otherUser, home }) =>
    PLACES.flatMap(([browser, place]) =>
      foldersAt(home, place)
        .filter((folder) => existsSync(join(folder, "cert9.db")))
        .map((folder) => ({ browser, folder, otherUser })),
    ),
  );
  return [...new Map(found.map((database) => [database.folder, database])).values()];
}

/**
 * What a database has of ours.
 *
 * @param authority the one that should be trusted, as PEM
 */
export function trustInBrowser(database: BrowserDatabase, authority: string | undefined): Trust {
  // Without certutil nobody can ask; the name stands in the file as it is.
  if (!hasCertutil()) return holdsName(database) ? "other" : "none";
  const words = [
    ...asOwner(database),
    "certutil",
    "-L",
    "-d",
    `sql:${database.folder}`,
    "-n",
    AUTHORITY_NAME,
    "-a",
  ];
  const { exitCode, stdout } = run(words);
  if (exitCode !== 0) return "none";
  return authority !== undefined && fingerprint(stdout) === fingerprint(authority) ? "current" : "other";
}

/** @param authority as a line reads it: its file's owner may be another user than the database's */
export function browserTrustStep(database: BrowserDatabase, authority: string, trust: Trust): Step {
  const add = certutil(database, `-A -a -n ${quoted(AUTHORITY_NAME)} -t C,,`);
  return shellStep({
    does: `Trust the authority in ${describe(database)}`,
    needsRoot: false,
    lines: () => [...(trust === "none" ? [] : [removal(database)]), `${add} ${authority}`],
  });
}

export function browserDistrustStep(database: BrowserDatabase): Step {
  return shellStep({
    does: `Take the authority out of the trust of ${describe(database)}`,
    needsRoot: false,
    lines: () => [removal(database)],
  });
}

export function describe({ browser, folder }: BrowserDatabase): string {
  return `${browser} (${folder})`;
}

function removal(database: BrowserDatabase): string {
  return certutil(database, `-D -n ${quoted(AUTHORITY_NAME)}`);
}

/** An empty password file, because certutil would otherwise ask for a password that the database seldom has. */
function certutil(database: BrowserDatabase, words: string): string {
  const who = asOwner(database)
    .map((word) => `${quoted(word)} `)
    .join("");
  return `${who}certutil ${words} -d ${quoted(`sql:${database.folder}`)} -f /dev/null`;
}

/** A user's folder is not to be trusted with what root may do: the links in it may lead anywhere. */
function asOwner({ otherUser }: BrowserDatabase): readonly string[] {
  return otherUser === undefined ? [] : ["runuser", "-u", otherUser, "--"];
}

function holdsName({ folder }: BrowserDatabase): boolean {
  return readFileSync(join(folder, "cert9.db")).includes(AUTHORITY_NAME);
}

function fingerprint(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}

/** People have numbers from here on, on every Linux; the last one is nobody's. */
const PEOPLE_FROM = 1_000;
const NOBODY = 65_534;

type Person = { readonly otherUser: string | undefined; readonly home: string };

/** Root's own home is where the system says it is: sudo may have kept HOME, which is then another user's. */
function people(): readonly Person[] {
  if (!isRoot()) return [{ otherUser: undefined, home: homedir() }];
  return readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .map(([name = "", , id, , , home = ""]) => ({ name, id: Number(id || NOBODY), home }))
    .filter(({ id }) => id === 0 || (id >= PEOPLE_FROM && id !== NOBODY))
    .map(({ name, id, home }) => ({ otherUser: id === 0 ? undefined : name, home }));
}

function foldersAt(home: string, place: string): readonly string[] {
  const [before = "", after] = place.split("*");
  if (after === undefined) return [join(home, place)];
  const parent = join(home, before);
  try {
    return readdirSync(parent).map((name) => join(parent, name, after));
  } catch {
    // There is no such folder, or it is closed to us: nothing of ours is in it.
    return [];
  }
}
