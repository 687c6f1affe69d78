import type { Prepared } from "../../certificates/dropinFolder.ts";
import type { Finding } from "../doctor/finding.ts";
import {
  CERTUTIL_PACKAGES,
  describe,
  findBrowserDatabases,
  hasCertutil,
  trustInBrowser,
} from "./browserTrust.ts";
import {
  dataFoldersIn,
  HOSTS_FILE,
  hasOurLines,
  leadsHere,
  linesThatWin,
  otherLinesForOurHosts,
  readHosts,
} from "./hostsFile.ts";
import { daysLeft, isExpiring, lastDay, readOwnPrepared } from "./prepare.ts";
import { examinePort } from "./probe.ts";
import { findTrustStore, trustIn } from "./systemTrust.ts";

const TURN_ON = "Run: npm run heartwire -- dropin on";

/** What of dropin is in place here and what is not. @returns nothing when all of it is off */
export async function examineDropin(dataFolder: string, nowMs: number): Promise<readonly Finding[]> {
  const { prepared, certificate } = await examineCertificate(dataFolder, nowMs);
  const hosts = examineHosts();
  const trust = process.platform === "linux" ? examineTrust(prepared?.authority) : [TRUST_UNKNOWN];
  const places = [...hosts, ...trust];
  if (certificate === undefined && places.every(({ isOff }) => isOff)) return [];
  return [
    certificate ?? missingIn(dataFolder),
    ...places.map(({ finding }) => finding),
    await examinePort("https", prepared?.authority),
    await examinePort("http", undefined),
  ];
}

function missingIn(dataFolder: string): Finding {
  const [named] = dataFoldersIn(readHosts()).filter((folder) => folder !== dataFolder);
  const advice =
    named === undefined ? TURN_ON : `The machine was prepared for ${named}: name it with --data.`;
  return { state: "wrong", about: "certificate", says: `there is none in ${dataFolder}`, advice };
}

const TRUST_UNKNOWN: Place = {
  isOff: true,
  finding: {
    state: "notice",
    about: "system's trust",
    says: "Heartwire cannot look into it on this system",
    advice: "docs/dropin.md says how to look.",
  },
};

/** A finding, and whether nothing of ours was found there. */
interface Place {
  readonly finding: Finding;
  readonly isOff: boolean;
}

async function examineCertificate(
  dataFolder: string,
  nowMs: number,
): Promise<{ readonly prepared?: Prepared | undefined; readonly certificate: Finding | undefined }> {
  const about = "certificate";
  try {
    const prepared = await readOwnPrepared(dataFolder, nowMs);
    if (prepared === undefined) return { certificate: undefined };
    const says = `holds until ${lastDay(prepared)} (${daysLeft(prepared, nowMs)} days)`;
    if (!isExpiring(prepared, nowMs)) return { prepared, certificate: { state: "good", about, says } };
    return { prepared, certificate: { state: "notice", about, says, advice: RENEW } };
  } catch (error) {
    const says = `cannot be used: ${(error as Error).message}`;
    return { certificate: { state: "wrong", about, says, advice: RENEW } };
  }
}

const FIRST_COUNTS = "The first line for a host counts: take them out.";

const RENEW = "Make a new one: npm run heartwire -- dropin renew";

function examineHosts(): readonly Place[] {
  const about = "hosts file";
  const text = readHosts();
  const [winning, others] = [linesThatWin(text), otherLinesForOurHosts(text)];
  const isOff = !hasOurLines(text);
  if (!leadsHere(text)) {
    const says = `${HOSTS_FILE} does not lead ${isOff ? "" : "all of "}Pulsoid's hosts here`;
    return [{ isOff, finding: { state: "wrong", about, says, advice: TURN_ON } }];
  }
  if (winning.length > 0) {
    const says = `${HOSTS_FILE} leads hosts elsewhere before our lines: ${winning.join("; ")}`;
    return [{ isOff, finding: { state: "wrong", about, says, advice: FIRST_COUNTS } }];
  }
  if (others.length > 0) {
    const says = `${HOSTS_FILE} has other lines for the same hosts below ours: ${others.join("; ")}`;
    const advice = "They do nothing: the first line for a host counts.";
    return [{ isOff, finding: { state: "notice", about, says, advice } }];
  }
  return [{ isOff, finding: { state: "good", about, says: `${HOSTS_FILE} leads Pulsoid's hosts here` } }];
}

function examineTrust(authority: string | undefined): readonly Place[] {
  return [examineSystem(authority), ...findBrowserDatabases().map((one) => examineBrowser(one, authority))];
}

function examineSystem(authority: string | undefined): Place {
  const about = "system's trust";
  const store = findTrustStore();
  if (store === undefined) {
    const says = "there is no store of authorities that Heartwire knows on this system";
    const advice = "docs/dropin.md says how single programs are told.";
    return { isOff: true, finding: { state: "notice", about, says, advice } };
  }
  const trust = trustIn(store, authority);
  const finding: Finding =
    trust === "current"
      ? { state: "good", about, says: `holds the authority (${store.family})` }
      : {
          state: "wrong",
          about,
          says:
            trust === "none"
              ? "does not hold the authority"
              : "holds an authority of ours that is out of date",
          advice: TURN_ON,
        };
  return { isOff: trust === "none", finding };
}

function examineBrowser(database: Parameters<typeof describe>[0], authority: string | undefined): Place {
  const about = "browser's trust";
  const name = describe(database);
  const trust = trustInBrowser(database, authority);
  const isOff = trust === "none";
  if (!hasCertutil()) {
    const says = `${name} cannot be asked: there is no certutil here`;
    return {
      isOff,
      finding: { state: "notice", about, says, advice: `Install ${CERTUTIL_PACKAGES}. ${TURN_ON}` },
    };
  }
  if (trust === "current")
    return { isOff, finding: { state: "good", about, says: `${name} holds the authority` } };
  const says = `${name} ${isOff ? "does not hold the authority" : "holds an authority that is out of date"}`;
  return { isOff, finding: { state: "wrong", about, says, advice: TURN_ON } };
}
