import { readOwnCertificate } from "../../certificates/ownCertificate.ts";
import type { Settings } from "../../settings/settings.ts";
import { UnusableSetting } from "../../settings/unusableSetting.ts";
import type { Finding } from "./finding.ts";

const ADVICE = "The server does not start before this is put right.";

/** Says whether the operator's certificate can be used. @returns nothing when none is named */
export function examineCertificate(settings: Settings): readonly Finding[] {
  const about = "certificate";
  try {
    const pair = readOwnCertificate(settings, Date.now());
    if (pair === undefined) return [];
    const lastDay = pair.details.validToDate.toISOString().slice(0, 10);
    return [{ state: "good", about, says: `${settings.tlsCert} holds until ${lastDay}` }];
  } catch (error) {
    if (!(error instanceof UnusableSetting)) throw error;
    return [{ state: "wrong", about, says: error.message.replace(/\.$/, ""), advice: ADVICE }];
  }
}
