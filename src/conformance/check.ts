import type { Kit } from "./kit.ts";

/** One rule of the wire, and how to find out whether a server keeps it. */
export interface Check {
  /** Names it among all: what it is about, a dot, and what it says, such as `write.zero-leaves-no-trace`. */
  readonly id: string;
  /** Where the rule stands in Pulsoid's documentation, or `write page`, `client` (what shipped clients depend on). */
  readonly source: Source;
  /** The rule in one sentence. */
  readonly sentence: string;
  /** Waits for times that the wire names: only asked for with `--slow`. */
  readonly isSlow?: true;
  /** Takes something away that other checks need, such as a token: runs after them. */
  readonly isLast?: true;
  /** @throws Mismatch when the server breaks the rule, NotChecked when that cannot be found out */
  readonly run: (kit: Kit) => Promise<void>;
}

export type Source = "write page" | "documentation" | "official client" | "shipped clients" | "Heartwire";

/** The server answers something else than the rule says. */
export class Mismatch extends Error {
  override name = "Mismatch";
  readonly expected: string;
  readonly got: string;

  /** @param what about what they differ, such as "the status" */
  constructor(what: string, expected: unknown, got: unknown) {
    super(what);
    this.expected = shown(expected);
    this.got = shown(got);
  }
}

/** What is missing to find out, in words: a token with a scope, a room, a hook. */
export class NotChecked extends Error {
  override name = "NotChecked";
}

/** @throws Mismatch unless both are the same value, or objects of the same content */
export function expectSame(what: string, got: unknown, expected: unknown): void {
  if (!Bun.deepEquals(got, expected, true)) throw new Mismatch(what, expected, got);
}

/** @throws Mismatch unless it matches */
export function expectMatch(what: string, got: string | null, expected: RegExp): void {
  if (got === null || !expected.test(got)) throw new Mismatch(what, `something like ${expected.source}`, got);
}

const SHOWN_CHARACTERS_MAX = 400;

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text;
}
