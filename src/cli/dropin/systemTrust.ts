import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { AUTHORITY_NAME } from "../../certificates/authorityName.ts";
import { hasProgram, type Step, shellStep } from "./step.ts";

/** Where a family of Linux systems keeps the authorities that its administrator trusts. */
interface TrustStore {
  readonly family: string;
  /** The file that holds our authority; the folder around it is there on systems of the family. */
  readonly anchor: string;
  /** All authorities that the system trusts, made from the anchors. */
  readonly bundle: string;
  readonly update: string;
  /** Makes the bundle anew after our anchor was removed. */
  readonly updateAfterRemoval: (sudo: string) => string;
}

const ANCHOR = "heartwire-dropin";

/**
 * Debian's program does not notice that an anchor is gone unless its list of authorities says so; then it takes the
 * anchor out of the hashed folder, and tells Java.
 */
const debianRemoval = (sudo: string) =>
  [
    "list=$(mktemp)",
    "cat /etc/ca-certificates.conf > $list",
    `echo '!${ANCHOR}.crt' >> $list`,
    `${sudo}update-ca-certificates --certsconf $list`,
    "rm $list",
  ].join(" && ");

/** By folder: a system has one of them. */
const STORES: readonly TrustStore[] = [
  {
    family: "Fedora",
    anchor: `/etc/pki/ca-trust/source/anchors/${ANCHOR}.pem`,
    bundle: "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    update: "update-ca-trust",
    updateAfterRemoval: (sudo) => `${sudo}update-ca-trust`,
  },
  {
    family: "Arch",
    anchor: `/etc/ca-certificates/trust-source/anchors/${ANCHOR}.crt`,
    bundle: "/etc/ca-certificates/extracted/tls-ca-bundle.pem",
    update: "update-ca-trust",
    updateAfterRemoval: (sudo) => `${sudo}update-ca-trust`,
  },
  {
    family: "openSUSE",
    anchor: `/etc/pki/trust/anchors/${ANCHOR}.pem`,
    bundle: "/etc/ssl/ca-bundle.pem",
    update: "update-ca-certificates",
    updateAfterRemoval: (sudo) => `${sudo}update-ca-certificates`,
  },
  {
    family: "Debian",
    anchor: `/usr/local/share/ca-certificates/${ANCHOR}.crt`,
    bundle: "/etc/ssl/certs/ca-certificates.crt",
    update: "update-ca-certificates",
    updateAfterRemoval: debianRemoval,
  },
];

/** The store of this system; undefined where there is none that is known. */
export function findTrustStore(): TrustStore | undefined {
  return STORES.find(({ anchor, update }) => existsSync(dirname(anchor)) && hasProgram(update));
}

/** What a store has of ours. */
export type Trust = "none" | "current" | "other";

/** @param authority the one that should be trusted, as PEM; undefined when none should */
export function trustIn({ anchor, bundle }: TrustStore, authority: string | undefined): Trust {
  const wanted = authority === undefined ? undefined : new X509Certificate(authority).fingerprint256;
  const [anchored, trusted] = [anchor, bundle].map((file) =>
    existsSync(file) ? ourAuthorities(readFileSync(file, "utf8")) : undefined,
  );
  if (anchored === undefined && (trusted ?? []).length === 0) return "none";
  const isWanted = (found: readonly string[] = []) => found.length === 1 && found[0] === wanted;
  return isWanted(anchored) && (trusted === undefined || isWanted(trusted)) ? "current" : "other";
}

/** What brings an authority into the system's trust, in place of an earlier one. @param authority as a line reads it */
export function trustStep(store: TrustStore, authority: string, trust: Trust): Step {
  return shellStep({
    does: `Trust the authority in the system (${store.family})`,
    needsRoot: true,
    isEssential: true,
    lines: (sudo) => [
      ...(trust === "none" ? [] : removalLines(store, sudo)),
      `${sudo}install -D -m 644 /dev/stdin ${store.anchor} ${authority}`,
      `${sudo}${store.update}`,
    ],
  });
}

export function distrustStep(store: TrustStore): Step {
  return shellStep({
    does: `Take the authority out of the system's trust (${store.family})`,
    needsRoot: true,
    lines: (sudo) => removalLines(store, sudo),
  });
}

function removalLines({ anchor, updateAfterRemoval }: TrustStore, sudo: string): readonly string[] {
  return [`${sudo}rm -f ${anchor}`, updateAfterRemoval(sudo)];
}

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----\s([A-Za-z0-9+/=\s]+)-----END/g;

/** The fingerprints of all authorities of ours among these, also of earlier ones. */
function ourAuthorities(bundle: string): readonly string[] {
  return [...bundle.matchAll(CERTIFICATE)]
    .map(([, base64 = ""]) => Buffer.from(base64, "base64"))
    .filter((bytes) => bytes.includes(AUTHORITY_NAME))
    .map((bytes) => new X509Certificate(bytes).fingerprint256);
}
