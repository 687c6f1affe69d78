import { examineDropin } from "../dropin/status.ts";
import type { Finding } from "./finding.ts";

/** One line about dropin, for a doctor who has much else to look at. @returns nothing when all of it is off */
export async function summarizeDropin(dataFolder: string): Promise<readonly Finding[]> {
  const about = "dropin";
  const findings = await examineDropin(dataFolder, Date.now());
  const [certificate] = findings;
  if (certificate === undefined) return [];
  const problems = [
    ...findings.filter(({ state }) => state === "wrong"),
    ...findings.filter(({ state }) => state === "notice"),
  ];
  const [worst] = problems;
  if (worst === undefined) return [{ state: "good", about, says: `on; its certificate ${certificate.says}` }];
  const more = problems.length > 1 ? `, and ${problems.length - 1} more` : "";
  const advice = "npm run heartwire -- dropin status says all of it.";
  return [{ state: worst.state, about, says: `on, but ${worst.about}: ${worst.says}${more}`, advice }];
}
