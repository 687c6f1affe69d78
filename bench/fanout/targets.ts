import { median } from "../statistics.ts";
import { decimal, markdownTable } from "../table.ts";
import { audienceText, type Findings, middle } from "./report.ts";

const RATIO_MIN = 0.9;
const BYTES_MAX = 4_096;
const P99_MS_MAX = 5;

/** Memory is flat when it grows by less than this beside a listener that stops reading. */
const GROWTH_BYTES_MAX = 4 * 2 ** 20;

/** The p99 of the others is unchanged within this share: rounds without such a listener differ as much. */
const P99_CHANGE_MAX = 0.1;

interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly measured: number;
  readonly places?: number;
  readonly isReached: boolean;
}

/** The numbers that fan-out is to reach, and what this run found. */
export function targetsTable(findings: Findings): string {
  const targets = [...ratios(findings), memory(findings), ...latencies(findings), ...stopsReading(findings)];
  const rows = targets.map(({ what, wanted, measured, places = 2, isReached }) => [
    what,
    wanted,
    decimal(measured, places),
    isReached ? "yes" : "no",
  ]);
  const headings = ["what", "wanted"].map((heading) => ({ heading }));
  return markdownTable([...headings, { heading: "measured", numeric: true }, { heading: "reached" }], rows);
}

function ratios({ top }: Findings): Target[] {
  return top.map(({ audience, rounds, underWay }) => {
    const rate = (key: "bare" | "ours") => middle(rounds[key], (one) => one.deliveriesPerSecond);
    const measured = rate("ours") / rate("bare");
    return {
      what: `deliveries a second to (a), ${audienceText(audience)}, ${underWay} under way`,
      wanted: `at least ${RATIO_MIN}`,
      measured,
      isReached: measured >= RATIO_MIN,
    };
  });
}

function memory({ idle }: Findings): Target {
  const measured = Math.max(
    middle(idle.rounds.ours, (one) => one.bytesAtFirst),
    middle(idle.rounds.ours, (one) => one.bytesAtLast),
  );
  return {
    what: "bytes of memory a listener",
    wanted: `under ${BYTES_MAX}`,
    measured,
    places: 0,
    isReached: measured < BYTES_MAX,
  };
}

function latencies({ atRate }: Findings): Target[] {
  return atRate.map(({ audience, rounds, writesPerSecond }) => {
    const measured = middle(rounds.ours, (one) => one.p99Ms);
    return {
      what: `p99 in ms from write to frame, ${audienceText(audience)}, ${writesPerSecond} writes/s`,
      wanted: `under ${P99_MS_MAX}`,
      measured,
      isReached: measured < P99_MS_MAX,
    };
  });
}

function stopsReading({ stopsReading: rounds }: Findings): Target[] {
  const growth = median(rounds.map((one) => one.residentBytesWith - one.residentBytesWithout));
  const change = median(rounds.map((one) => one.with.p99Ms)) / median(rounds.map((one) => one.without.p99Ms));
  const closed = median(rounds.map((one) => one.closedAfterSeconds));
  return [
    {
      what: "more resident MB while one listener does not read",
      wanted: `under ${GROWTH_BYTES_MAX / 1e6}`,
      measured: growth / 1e6,
      isReached: growth < GROWTH_BYTES_MAX,
    },
    {
      what: "p99 of the others, to that before",
      wanted: `under ${1 + P99_CHANGE_MAX}`,
      measured: change,
      isReached: change < 1 + P99_CHANGE_MAX,
    },
    {
      what: "seconds until it was closed",
      wanted: "that it is",
      measured: closed,
      places: 0,
      isReached: Number.isFinite(closed),
    },
  ];
}
