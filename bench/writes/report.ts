import { isValid } from "../load/loadResult.ts";
import type { OpenLoopResult } from "../load/openLoopRound.ts";
import { programVersion } from "../machine.ts";
import type { Contender, ContenderKey } from "../servers/contender.ts";
import { median, range } from "../statistics.ts";
import { type Column, decimal, markdownTable, whole } from "../table.ts";
import { targetsTable } from "./targets.ts";
import type { Measured } from "./visit.ts";

/** A contender's latencies at one fixed rate, one result a round. */
export interface AtHalfRate {
  readonly contender: Contender;
  readonly connections: number;
  readonly requestsPerSecond: number;
  readonly results: readonly OpenLoopResult[];
}

/** Everything that one run of `writes` found. */
export interface Findings {
  readonly present: readonly Contender[];
  readonly absent: readonly Contender[];
  readonly measured: ReadonlyMap<ContenderKey, readonly Measured[]>;
  readonly halfRate: readonly AtHalfRate[];
  readonly connections: readonly number[];
}

/** The counted rounds of a contender: a round with an error is not one. */
export function validRounds(findings: Findings, key: ContenderKey, connections: number): readonly Measured[] {
  const all = findings.measured.get(key) ?? [];
  return all.filter((one) => one.connections === connections && isValid(one.load));
}

/** Median requests a second; NaN when no round counted. */
export function topRate(findings: Findings, key: ContenderKey, connections: number): number {
  return median(validRounds(findings, key, connections).map(({ load }) => load.requestsPerSecond));
}

export function writesReport(
  findings: Findings,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): string {
  return [
    `Medians of ${rounds} interleaved rounds of ${seconds} s, server on core 0, load on core 1. Five thousand users in random
order, each reading at the present millisecond and none sent twice; every store holds two million readings before. A
rate's ratio is that of the medians.`,
    versions(findings),
    findings.connections.map((connections) => topRates(findings, connections)).join("\n\n"),
    notes(findings),
    "### At half of the top rate",
    `Open loop: requests leave at a fixed rate and their latency counts from when they should have left. nginx at the
same rate shows what generator and machine add by themselves.`,
    halfRates(findings),
    "### Numbers to reach",
    targetsTable(findings),
  ].join("\n\n");
}

function versions({ present, absent }: Findings): string {
  const wrk = programVersion(["wrk", "-v"], /wrk (\S+)/);
  const lines = present.map(
    (one) => `- ${one.title}: ${one.version()}; when it answers, the reading is: ${one.promise}`,
  );
  const missing = absent.map((one) => `- ${one.title}: not installed here, left out`);
  return [`- wrk ${wrk}`, ...lines, ...missing].join("\n");
}

const RATE_COLUMNS: readonly Column[] = [
  { heading: "requests/s", numeric: true },
  { heading: "low to high", numeric: true },
  { heading: "to (a)", numeric: true },
  { heading: "p50 ms", numeric: true },
  { heading: "p99 ms", numeric: true },
  { heading: "CPU µs/request", numeric: true },
  { heading: "server core", numeric: true },
  { heading: "load core", numeric: true },
  { heading: "resident MB", numeric: true },
  { heading: "anonymous MB", numeric: true },
];

function topRates(findings: Findings, connections: number): string {
  const yardstick = topRate(findings, "bare", connections);
  const rows = findings.present.map(({ key, title }) => {
    const rounds = validRounds(findings, key, connections);
    const of = (pick: (one: Measured) => number): number => median(rounds.map(pick));
    const rates = range(rounds.map(({ load }) => load.requestsPerSecond));
    return [
      title,
      whole(topRate(findings, key, connections)),
      `${whole(rates.low)} to ${whole(rates.high)}`,
      decimal(topRate(findings, key, connections) / yardstick, 2),
      decimal(
        of(({ load }) => load.p50Ms),
        2,
      ),
      decimal(
        of(({ load }) => load.p99Ms),
        2,
      ),
      decimal(
        of((one) => one.processorMicroseconds),
        1,
      ),
      `${whole(100 * of((one) => one.serverCoreShare))} %`,
      `${whole(100 * of(({ load }) => load.loadCoreShare))} %`,
      whole(of(({ memory }) => memory.residentBytes / 1e6)),
      whole(of(({ memory }) => memory.anonymousBytes / 1e6)),
    ];
  });
  return markdownTable([{ heading: `${connections} connections` }, ...RATE_COLUMNS], rows);
}

function notes(findings: Findings): string {
  const [few] = findings.connections as [number];
  const lines = [
    `A load core near 100 % means that the load was the limit: nginx's ${whole(topRate(findings, "nginx", few))}/s is
  what wrk can ask and nginx answer with nothing to do.`,
    "Where neither core is busy, the disk was waited for, or something else on the machine had the core.",
    "Redis is asked by redis-benchmark over its own protocol, without pipelining, and gets one small field a reading.",
  ];
  for (const { key, title } of findings.present) {
    const all = findings.measured.get(key) ?? [];
    const invalid = all.filter(({ load }) => !isValid(load));
    if (invalid.length > 0)
      lines.push(`${title}: ${invalid.length} of ${all.length} rounds had errors and are not counted.`);
  }
  if (findings.present.some(({ key }) => key === "ours")) {
    lines.push(
      "After each visit (b) was stopped and its store opened anew: it held every reading that was answered, once.",
    );
  }
  return lines.map((line) => `- ${line}`).join("\n");
}

const LATENCY_COLUMNS: readonly Column[] = [
  { heading: "contender" },
  ...[
    "connections",
    "asked/s",
    "answered/s",
    "p50 ms",
    "p90 ms",
    "p99 ms",
    "p99.9 ms",
    "max ms",
    "errors",
  ].map((heading) => ({ heading, numeric: true })),
];

function halfRates({ halfRate }: Findings): string {
  const rows = halfRate.map(({ contender, connections, requestsPerSecond, results }) => {
    const of = (pick: (one: OpenLoopResult) => number): number => median(results.map(pick));
    return [
      contender.title,
      whole(connections),
      whole(requestsPerSecond),
      whole(of((one) => one.requestsPerSecond)),
      decimal(
        of((one) => one.p50Ms),
        2,
      ),
      decimal(
        of((one) => one.p90Ms),
        2,
      ),
      decimal(
        of((one) => one.p99Ms),
        2,
      ),
      decimal(
        of((one) => one.p999Ms),
        2,
      ),
      decimal(
        of((one) => one.maxMs),
        2,
      ),
      whole(results.reduce((sum, one) => sum + one.errors, 0)),
    ];
  });
  return markdownTable(LATENCY_COLUMNS, rows);
}
