import type { ContenderKey } from "../servers/contender.ts";
import { median } from "../statistics.ts";
import { decimal, markdownTable } from "../table.ts";
import { type Findings, topRate } from "./report.ts";

interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly measured: number;
  readonly isReached: boolean;
}

/** The numbers that durable writes are to reach, and what this run found. */
export function targetsTable(findings: Findings): string {
  const targets = [
    ratio(findings, "bare", 64, 0.5),
    ratio(findings, "bare", 256, 0.65),
    ...[64, 256].map((connections) => ratio(findings, "victoriaMetrics", connections, 1.2)),
    ...[64, 256].map((connections) => ratio(findings, "influxdb", connections, 2.5)),
    ...[64, 256].map((connections) => p99AtHalfRate(findings, connections, 10)),
  ];
  const rows = targets
    .filter(({ measured }) => Number.isFinite(measured))
    .map(({ what, wanted, measured, isReached }) => [
      what,
      wanted,
      decimal(measured, 2),
      isReached ? "yes" : "no",
    ]);
  return markdownTable(
    [
      { heading: "what" },
      { heading: "wanted" },
      { heading: "measured", numeric: true },
      { heading: "reached" },
    ],
    rows,
  );
}

const NAMES: Partial<Record<ContenderKey, string>> = {
  bare: "(a)",
  victoriaMetrics: "VictoriaMetrics",
  influxdb: "InfluxDB with fsync",
};

function ratio(findings: Findings, to: ContenderKey, connections: number, atLeast: number): Target {
  const measured = topRate(findings, "ours", connections) / topRate(findings, to, connections);
  return {
    what: `durable writes to ${NAMES[to]}, ${connections} connections`,
    wanted: `at least ${atLeast}`,
    measured,
    isReached: measured >= atLeast,
  };
}

function p99AtHalfRate(findings: Findings, connections: number, underMs: number): Target {
  const found = findings.halfRate.find(
    (one) => one.contender.key === "ours" && one.connections === connections,
  );
  const results = found?.results ?? [];
  const measured = median(results.map(({ p99Ms }) => p99Ms));
  // A request that was never answered has no latency, and would make the percentile look better than it was.
  const errors = results.reduce((sum, one) => sum + one.errors, 0);
  return {
    what: `p99 in ms of a durable write at half of the top rate, ${connections} connections`,
    wanted: `under ${underMs}`,
    measured,
    isReached: measured < underMs && errors === 0,
  };
}
