import { Command } from "commander";
import { positiveInteger } from "../options.ts";
import { publish } from "../results.ts";
import { progress } from "../workspace.ts";
import { CONTESTANTS, type Contestant, type ContestantKey } from "./contestants.ts";
import { type Idle, measureIdle } from "./idle.ts";
import {
  audienceText,
  type Compared,
  type ComparedAtRate,
  type ComparedAtTop,
  fanOutReport,
  middle,
} from "./report.ts";
import { measureStopsReading, type StopsReading } from "./stopsReading.ts";
import { type Audience, type Measured, measureAtRate, measureTopRate } from "./visits.ts";

/** Many listeners of one person, as on a stream. */
const CROWDS: readonly Audience[] = [
  { listeners: 1_000, users: 1 },
  { listeners: 5_000, users: 1 },
];

/** One who waits for each answer, which is mostly the disk's time, and one who sends ahead and leaves the server no rest. */
const WRITES_UNDER_WAY = [1, 4] as const;

/** Everybody listens to their own pulse, which comes once a second. */
const OVERLAYS: Audience = { listeners: 5_000, users: 5_000 };

const IDLE: Audience = { listeners: 10_000, users: 5_000 };

/** Their rounds take a minute or two each, and hardly differ. */
const LONG_ROUNDS = 3;

interface FanOutOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly save: boolean;
}

export function fanOutCommand(): Command {
  return new Command("fanout")
    .description("Compare how readings reach their listeners with a bare publish (about 25 minutes)")
    .option("--rounds <number>", "interleaved rounds; the tables show medians", positiveInteger, 5)
    .option("--seconds <number>", "length of a round", positiveInteger, 5)
    .option("--no-save", "print the tables and leave bench/RESULTS.md as it is")
    .addHelpText("after", "\nExample:\n  $ npm run bench -- fanout")
    .action(compareFanOut);
}

async function compareFanOut(options: FanOutOptions): Promise<void> {
  const { rounds, seconds } = options;
  const longRounds = Math.min(rounds, LONG_ROUNDS);
  const top: ComparedAtTop[] = [];
  for (const underWay of WRITES_UNDER_WAY) {
    for (const audience of CROWDS) {
      const measureOne = (contestant: Contestant) =>
        measureTopRate(contestant, audience, { underWay, seconds });
      const found = await compare(audience, rounds, measureOne, (one) => one.deliveriesPerSecond);
      top.push({ ...found, underWay });
    }
  }
  const halfRates = top
    .filter(({ underWay }) => underWay === 1)
    .map(({ audience, rounds: found }) => ({ audience, writesPerSecond: halfOf(found.ours) }));
  const atRate: ComparedAtRate[] = [];
  for (const { audience, writesPerSecond } of [
    ...halfRates,
    { audience: OVERLAYS, writesPerSecond: OVERLAYS.users },
  ]) {
    const round = { seconds: seconds * 2, writesPerSecond };
    const measureOne = (contestant: Contestant) => measureAtRate(contestant, audience, round);
    const compared = await compare(audience, rounds, measureOne, ({ p99Ms }) => p99Ms);
    atRate.push({ ...compared, writesPerSecond });
  }
  const idle = await compare(
    IDLE,
    longRounds,
    (contestant) => measureIdle(contestant, IDLE),
    (one: Idle) => one.bytesAtLast,
  );
  const [{ writesPerSecond }] = halfRates as [(typeof halfRates)[number]];
  const stopsReading = await stopsReadingRounds(longRounds, writesPerSecond);
  const findings = { top, atRate, idle, stopsReading, writesPerSecondOfStopsReading: writesPerSecond };
  publish({ title: "Fan-out", body: fanOutReport(findings, options) }, options);
}

/** Half of the writes a second that were reached. */
function halfOf(rounds: readonly Measured[]): number {
  return Math.max(1, Math.round(middle(rounds, ({ writes, tookMs }) => (writes * 1_000) / tookMs) / 2));
}

/** Both once a round, each time in the other order, so that a slow minute of the machine meets both alike. */
async function compare<Round extends { readonly errors: number }>(
  audience: Audience,
  rounds: number,
  measureOne: (contestant: Contestant) => Promise<Round>,
  shown: (round: Round) => number,
): Promise<Compared<Round>> {
  const found: Record<ContestantKey, Round[]> = { bare: [], ours: [] };
  for (let round = 0; round < rounds; round++) {
    for (const contestant of round % 2 === 0 ? CONTESTANTS : CONTESTANTS.toReversed()) {
      const one = await measureOne(contestant);
      found[contestant.key].push(one);
      const errors = one.errors === 0 ? "" : ` (not counted: ${one.errors} errors)`;
      progress(
        `${audienceText(audience)}, round ${round + 1} of ${rounds}: ${contestant.title} ${shown(one).toFixed(2)}${errors}`,
      );
    }
  }
  return { audience, rounds: found };
}

async function stopsReadingRounds(rounds: number, writesPerSecond: number): Promise<StopsReading[]> {
  const ours = CONTESTANTS.find(({ key }) => key === "ours")!;
  const found: StopsReading[] = [];
  for (let round = 1; round <= rounds; round++) {
    const one = await measureStopsReading(ours, writesPerSecond);
    found.push(one);
    progress(
      `one stops reading, round ${round} of ${rounds}: p99 ${one.without.p99Ms} then ${one.with.p99Ms} ms, closed after ${one.closedAfterSeconds.toFixed(0)} s`,
    );
  }
  return found;
}
