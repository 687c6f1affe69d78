import { median, range } from "../statistics.ts";
import { type Column, decimal, markdownTable, whole } from "../table.ts";
import { CONTESTANTS, type ContestantKey } from "./contestants.ts";
import type { Idle } from "./idle.ts";
import { HEARING, type StopsReading } from "./stopsReading.ts";
import { targetsTable } from "./targets.ts";
import type { Audience, Measured } from "./visits.ts";

/** All rounds of both at one audience. */
export interface Compared<Round> {
  readonly audience: Audience;
  readonly rounds: Readonly<Record<ContestantKey, readonly Round[]>>;
}

export interface ComparedAtRate extends Compared<Measured> {
  readonly writesPerSecond: number;
}

export interface ComparedAtTop extends Compared<Measured> {
  /** Writes under way at a time. */
  readonly underWay: number;
}

/** Everything that one run of `fanout` found. */
export interface Findings {
  readonly top: readonly ComparedAtTop[];
  readonly atRate: readonly ComparedAtRate[];
  readonly idle: Compared<Idle>;
  readonly stopsReading: readonly StopsReading[];
  readonly writesPerSecondOfStopsReading: number;
}

/** The median of the rounds without an error; NaN when there is none. */
export function middle<Round extends { readonly errors: number }>(
  rounds: readonly Round[],
  pick: (round: Round) => number,
): number {
  return median(rounds.filter(({ errors }) => errors === 0).map(pick));
}

export function fanOutReport(
  findings: Findings,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): string {
  return [
    `Medians of ${rounds} interleaved rounds of ${seconds} s, server on core 0, all listeners and writers in one process on core 1. (a)
parses a reading and publishes it, and checks and stores nothing; (b) has it on disk before anybody hears it. The
frames are the same. A ratio is that of the medians.`,
    "### As fast as it goes",
    `One writer, who has so many writes under way at a time and sends the next one when one is answered. With several, Bun
sends what is published in one turn together, there as here.`,
    topTable(findings.top),
    "### At a fixed rate",
    `Open loop: writes leave at a fixed rate, and a latency counts from when the write should have left until a listener
has the frame, the last of all like the first. For listeners of one user the rate is half of what (b) reached above with
one write under way.`,
    rateTable(findings.atRate),
    "### Listeners to whom nothing is sent",
    `${audienceText(findings.idle.audience)}. Memory is the resident memory that the server's process has more than
before they came, for each of them: when all had come, and after all were pinged. Half of them come first, each for a
user of whom nothing is known yet: what the server makes once, and keeps of a user's token, is counted as theirs. The
second half listens to the same users.`,
    idleTable(findings.idle),
    "### One of a thousand stops reading",
    stopsReadingText(findings),
    "### Numbers to reach",
    targetsTable(findings),
    voidRounds(findings),
  ].join("\n\n");
}

const RATE_COLUMNS = ["p50 ms", "p99 ms", "p99.9 ms", "server core"];
const numeric = (heading: string): Column => ({ heading, numeric: true });
const percent = (share: number): string => `${whole(100 * share)} %`;

function topTable(top: readonly ComparedAtTop[]): string {
  const headings = [
    "under way",
    "deliveries/s",
    "low to high",
    "to (a)",
    "CPU µs/delivery",
    "server core",
    "load core",
  ];
  const rows = top.flatMap(({ audience, rounds, underWay }) => {
    const yardstick = middle(rounds.bare, (one) => one.deliveriesPerSecond);
    return CONTESTANTS.map(({ key, title }) => {
      const of = (pick: (one: Measured) => number): number => middle(rounds[key], pick);
      const rates = range(rounds[key].map((one) => one.deliveriesPerSecond));
      const rate = of((one) => one.deliveriesPerSecond);
      const [microseconds, serverShare, loadShare] = [
        of((one) => one.processorMicroseconds),
        of((one) => one.serverCoreShare),
        of((one) => one.loadCoreShare),
      ];
      return [
        audienceText(audience),
        title,
        whole(underWay),
        whole(rate),
        `${whole(rates.low)} to ${whole(rates.high)}`,
        decimal(rate / yardstick, 2),
        decimal(microseconds, 2),
        percent(serverShare),
        percent(loadShare),
      ];
    });
  });
  return markdownTable([{ heading: "who listens" }, { heading: "server" }, ...headings.map(numeric)], rows);
}

function rateTable(atRate: readonly ComparedAtRate[]): string {
  const headings = ["writes/s", "deliveries/s", ...RATE_COLUMNS];
  const rows = atRate.flatMap(({ audience, rounds, writesPerSecond }) =>
    CONTESTANTS.map(({ key, title }) => {
      const of = (pick: (one: Measured) => number): number => middle(rounds[key], pick);
      const [p50, p99, p999, share] = [
        of((one) => one.p50Ms),
        of((one) => one.p99Ms),
        of((one) => one.p999Ms),
        of((one) => one.serverCoreShare),
      ];
      const rate = of((one) => one.deliveriesPerSecond);
      const latencies = [p50, p99, p999].map((latencyMs) => decimal(latencyMs, 2));
      return [
        audienceText(audience),
        title,
        whole(writesPerSecond),
        whole(rate),
        ...latencies,
        percent(share),
      ];
    }),
  );
  return markdownTable([{ heading: "who listens" }, { heading: "server" }, ...headings.map(numeric)], rows);
}

function idleTable({ rounds }: Compared<Idle>): string {
  const headings = ["bytes a listener", "after pings", "of the second half", "server core", "pings"];
  const rows = CONTESTANTS.map(({ key, title }) => {
    const of = (pick: (one: Idle) => number): number => middle(rounds[key], pick);
    const [first, last, second, pings] = [
      of((one) => one.bytesAtFirst),
      of((one) => one.bytesAtLast),
      of((one) => one.bytesOfSecondHalf),
      of((one) => one.pings),
    ];
    const share = of((one) => one.serverCoreShare);
    return [title, whole(first), whole(last), whole(second), `${decimal(100 * share, 1)} %`, whole(pings)];
  });
  return markdownTable([{ heading: "server" }, ...headings.map(numeric)], rows);
}

function stopsReadingText({ stopsReading, writesPerSecondOfStopsReading }: Findings): string {
  const of = (pick: (one: StopsReading) => number): string => decimal(median(stopsReading.map(pick)), 1);
  return `${HEARING} listeners of one user read, at ${whole(writesPerSecondOfStopsReading)} writes a second, and one does not. Heartwire alone; medians.

${markdownTable(
  [
    { heading: "" },
    numeric("p50 ms of the others"),
    numeric("p99 ms of the others"),
    numeric("resident MB at most"),
  ],
  [
    [
      "all read",
      of((one) => one.without.p50Ms),
      of((one) => one.without.p99Ms),
      of((one) => one.residentBytesWithout / 1e6),
    ],
    [
      "one does not",
      of((one) => one.with.p50Ms),
      of((one) => one.with.p99Ms),
      of((one) => one.residentBytesWith / 1e6),
    ],
  ],
)}

It was closed after ${of((one) => one.closedAfterSeconds)} s, because it answered no ping. At a rate that fills the system's buffers first, it is
closed for what it has not read: a test shows that.`;
}

function voidRounds({ top, atRate, idle, stopsReading }: Findings): string {
  const compared = [...top, ...atRate, idle];
  const all = compared.flatMap(({ rounds }): readonly { readonly errors: number }[] => [
    ...rounds.bare,
    ...rounds.ours,
  ]);
  const others = stopsReading.flatMap((one) => [one.without, one.with]);
  const bad = [...all, ...others].filter(({ errors }) => errors > 0).length;
  return bad === 0
    ? "Every frame of every write came, once, to everybody who listened to it."
    : `${bad} of ${all.length + others.length} rounds had errors and are not counted.`;
}

export function audienceText({ listeners, users }: Audience): string {
  return `${whole(listeners)} of ${users === 1 ? "one user" : `${whole(users)} users`}`;
}
