import { readFileSync } from "node:fs";

/** The kernel counts processor time in hundredths of a second on every Linux that Bun runs on. */
const TICKS_PER_SECOND = 100;

/** Processor seconds, user and system, of all threads of a process since it started. */
export function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The second field is the program's name in parentheses and may hold spaces: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export interface MemoryUse {
  /** Resident memory, mapped files included: what `ps` shows. */
  readonly residentBytes: number;
  /** Resident memory that belongs to no file. */
  readonly anonymousBytes: number;
}

/** What a process holds in memory right now. */
export function memoryUse(pid: number): MemoryUse {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
  const field = (name: string): number => {
    const match = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(rollup);
    return match ? Number(match[1]) * 1024 : Number.NaN;
  };
  return { residentBytes: field("Rss"), anonymousBytes: field("Anonymous") };
}

/** The most resident memory that a process ever had. */
export function peakResidentBytes(pid: number): number {
  const match = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  return match ? Number(match[1]) * 1024 : Number.NaN;
}
