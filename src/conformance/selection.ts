import type { Check } from "./check.ts";
import { CHECKS } from "./checks/index.ts";
import { type ConformanceOptions, UnusableOptions } from "./options.ts";

/** A check as a list shows it. */
export interface Listed {
  readonly id: string;
  readonly section: string;
  readonly sentence: string;
  /** Whether it runs only when slow checks are asked for. */
  readonly isSlow: boolean;
  /** What it must be given beside a read and a write token. */
  readonly needs: readonly string[];
}

/** Every check that there is, in the order in which they run. @throws UnusableOptions when `only` matches none */
export function listChecks(only?: string): readonly Listed[] {
  return chosenChecks(CHECKS, { only, slow: true }).map(({ id, section, sentence, isSlow, needs }) => ({
    id,
    section,
    sentence,
    isSlow,
    needs: needs.map(({ words }) => words),
  }));
}

/** @throws UnusableOptions when a part of `only` matches no check, or only slow ones while those are not asked for */
export function chosenChecks(
  checks: readonly Check[],
  { only, slow = false }: Pick<ConformanceOptions, "only" | "slow">,
): readonly Check[] {
  const patterns = (only ?? "*")
    .split(",")
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== "");
  for (const pattern of patterns) {
    const matching = checks.filter(({ id }) => matches(id, pattern));
    if (matching.length === 0) throw new UnusableOptions(`No check is called "${pattern}".`);
    if (!slow && matching.every(({ isSlow }) => isSlow)) {
      throw new UnusableOptions(`"${pattern}" are slow checks, which run only when they are asked for.`);
    }
  }
  return checks.filter(
    ({ id, isSlow }) => (slow || !isSlow) && patterns.some((pattern) => matches(id, pattern)),
  );
}

/** A pattern is an id, the name of an area, or a text in which `*` stands for any text. */
function matches(id: string, pattern: string): boolean {
  if (!pattern.includes("*")) return id === pattern || id.startsWith(`${pattern}.`);
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(id);
}
