import { agoInWords } from "./times.ts";

/** What is counted of a token's or an app's use; a part that never happened is null and 0. */
interface Use {
  readonly last_read_at: number | null;
  readonly last_written_at: number | null;
  readonly read_count: number;
  readonly write_count: number;
}

/** When something last read and wrote, and how often: a sentence each. */
export function useInWords(use: Use, now: number): string {
  const parts = [
    partInWords("Read", use.last_read_at, use.read_count, now),
    partInWords("Wrote", use.last_written_at, use.write_count, now),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "Not used yet." : parts.join(" ");
}

function partInWords(verb: string, at: number | null, count: number, now: number): string | undefined {
  if (at === null) return undefined;
  const times = count === 1 ? "once" : `${count.toLocaleString("en")} times`;
  return `${verb} ${times}, last ${agoInWords(at, now)}.`;
}
