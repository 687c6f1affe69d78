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
  /** Whether the wire text leaves it open, so that it runs only when what Heartwire decided is asked for. */
  readonly isOurs: boolean;
  /** What it must be given beside a read and a write token. */
  readonly needs: readonly string[];
}

/** Every check that there is, in the order in which they run. @throws UnusableOptions when `only` matches none */
export function listChecks(only?: string): readonly Listed[] {
  const chosen = chosenChecks(CHECKS, { only, slow: true, ours: true });
  return chosen.map(({ id, section, sentence, isSlow, isOurs, needs }) => ({
    id,
    section,
    sentence,
    isSlow,
    isOurs,
    needs: needs.map(({ words }) => words),
  }));
}

/** @throws UnusableOptions when a part of `only` matches no check, or only such as run when they are asked for */
export function chosenChecks(
  checks: readonly Check[],
  { only, slow = false, ours = false }: Pick<ConformanceOptions, "only" | "slow" | "ours">,
): readonly Check[] {
  const isAskedFor = ({ isSlow, isOurs }: Check) => (slow || !isSlow) && (ours || !isOurs);
  const patterns = (only ?? "*")
    .split(",")
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== "");
  for (const pattern of patterns) {
    const matching = checks.filter(({ id }) => matches(id, pattern));
    if (matching.length === 0) throw new UnusableOptions(`No check is called "${pattern}".`);
    if (!matching.some(isAskedFor)) {
      const kind = matching.every(({ isSlow }) => isSlow)
        ? "slow checks"
        : "checks of what Heartwire decided";
      throw new UnusableOptions(`"${pattern}" are ${kind}, which run only when they are asked for.`);
    }
  }
  return checks.filter(
    (check) => isAskedFor(check) && patterns.some((pattern) => matches(check.id, pattern)),
  );
}

/** A pattern is an id, the name of an area, or a text in which `*` stands for any text. */
function matches(id: string, pattern: string): boolean {
  if (!pattern.includes("*")) return id === pattern || id.startsWith(`${pattern}.`);
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(id);
}
