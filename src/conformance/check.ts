import type { Kit } from "./kit.ts";

/** Something that the kit must be given for a check. */
export interface Need {
  /** What is missing, as the end of "needs ...". */
  readonly words: string;
  readonly isMet: (kit: Kit) => boolean;
  /** How much longer a check may take because of it, in milliseconds. */
  readonly takesMs?: number;
}

/** One rule of the wire text. */
export interface Check {
  /** Area and rule, such as `write.zero-is-not-stored`. */
  readonly id: string;
  /** Section of the wire text. */
  readonly section: string;
  /** What a compatible server does. */
  readonly sentence: string;
  readonly needs: readonly Need[];
  /** Runs only when slow checks are asked for. */
  readonly isSlow: boolean;
  /** Whether the wire text leaves it open and Heartwire decided: a compatible server may do something else. */
  readonly isOurs: boolean;
  /** The longest that it may take altogether, in milliseconds. */
  readonly timeoutMs: number;
  /** @throws Mismatch or NoAnswer when the server does something else */
  readonly run: (kit: Kit) => Promise<void>;
}

/** What stands in the list of an area. */
export type Rule = readonly [
  name: string,
  sentence: string,
  run: (kit: Kit) => Promise<unknown>,
  options?: {
    readonly needs?: readonly Need[];
    readonly isSlow?: true;
    readonly isOurs?: true;
    readonly timeoutMs?: number;
  },
];

/** No check takes longer unless it says so: one that waits for several things waits for each with a bound. */
const CHECK_TIMEOUT_MS = 60_000;

/**
 * Makes the checks of one area.
 *
 * @param needs what every check of the area needs
 */
export function area(
  name: string,
  section: string,
  rules: readonly Rule[],
  needs: readonly Need[] = [],
): readonly Check[] {
  return rules.map(([rule, sentence, run, options = {}]) => ({
    id: `${name}.${rule}`,
    section,
    sentence,
    needs: [...needs, ...(options.needs ?? [])],
    isSlow: options.isSlow ?? false,
    isOurs: options.isOurs ?? false,
    timeoutMs: [...needs, ...(options.needs ?? [])].reduce(
      (sum, { takesMs = 0 }) => sum + takesMs,
      options.timeoutMs ?? CHECK_TIMEOUT_MS,
    ),
    run: async (kit) => {
      await run(kit);
    },
  }));
}
