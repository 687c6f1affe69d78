import { area, type Rule } from "../check.ts";
import { expectError, expectJson, expectSame, expectThat, keysOf, shown } from "../expectations.ts";
import type { Kit } from "../kit.ts";
import { emptyHolds, holds } from "../needs.ts";
import { PATHS } from "../routes.ts";

const SECTION = "5 GET /api/v1/statistics";
const SCOPE = "data:statistics:read";
const RANGES = { "24h": 24, "7d": 168, "30d": 720 } as const;

const KEYS = [
  "maximum_beats_per_minute",
  "minimum_beats_per_minute",
  "average_beats_per_minute",
  "streamed_duration_in_seconds",
  "calories_burned_in_kcal",
] as const;

type Statistics = Readonly<Record<(typeof KEYS)[number], number>>;

async function ask(kit: Kit, query = ""): Promise<Statistics> {
  return expectJson(
    await kit.ask({ path: `${PATHS.statistics}${query}`, token: kit.token([SCOPE]) }),
  ) as Statistics;
}

/** Streamed seconds of the three ranges. */
async function streamed(kit: Kit): Promise<readonly number[]> {
  const seconds: number[] = [];
  for (const range of Object.keys(RANGES)) {
    seconds.push((await ask(kit, `?time_range=${range}`)).streamed_duration_in_seconds);
  }
  return seconds;
}

/** Readings that are in the longer ranges and not in the last day. */
async function writeDaysAgo(kit: Kit): Promise<void> {
  for (const at of kit.moments.someOfDaysAgo()) await kit.write(90, at);
}

const ASK_EVERY_MS = 50;

const ranges: readonly Rule[] = Object.entries(RANGES).map(([range, hours]) => [
  `range-${range}`,
  `The statistics of ${range} are those of readings in that time: in order, and no longer than it.`,
  async (kit) => {
    await kit.write(120);
    const said = await ask(kit, `?time_range=${range}`);
    const [most, least, mean] = KEYS.map((key) => said[key]) as [number, number, number];
    expectThat(
      least > 0 && least <= mean && mean <= most && least <= 120 && most >= 120,
      "minimum <= average <= maximum, around 120",
      `${least}, ${mean}, ${most}`,
    );
    const streamed = said.streamed_duration_in_seconds;
    expectThat(
      streamed >= 0 && streamed <= hours * 3600,
      `a streamed duration of 0 to ${hours * 3600} s`,
      `${streamed} s`,
    );
    expectThat(said.calories_burned_in_kcal >= 0, "calories of 0 or more", `${said.calories_burned_in_kcal}`);
  },
]);

export const STATISTICS = area(
  "statistics",
  SECTION,
  [
    [
      "keys",
      "The statistics are the five documented keys, in their order.",
      async (kit) => {
        await kit.write(121);
        expectSame(keysOf(await ask(kit)), KEYS.join(", "), "the keys ");
      },
    ],
    [
      "integers",
      "All five values are integers.",
      async (kit) => {
        await kit.write(122);
        const answer = await kit.ask({ path: PATHS.statistics, token: kit.token([SCOPE]) });
        const said = expectJson(answer) as Statistics;
        const areIntegers = KEYS.every((key) => Number.isInteger(said[key]));
        // JSON can say 82.0, which a client that parses an int stumbles over.
        expectThat(areIntegers && !/[.eE]\d/.test(answer.text), "integers", shown(answer));
      },
    ],
    ...ranges,
    [
      "older-left-out",
      "Readings of some days ago, a second apart, count as streamed in 7d and 30d and not in 24h.",
      async (kit) => {
        await kit.write(123);
        const before = await streamed(kit);
        await writeDaysAgo(kit);
        const words = ([day, week, month]: readonly number[]) => `${day}, ${week}, ${month} s`;
        const until = performance.now() + kit.target.answerTimeoutMs;
        let after = await streamed(kit);
        const grown = (index: number) => (after[index] ?? 0) - (before[index] ?? 0);
        // How soon they count is not in the wire text.
        while ((grown(1) <= 0 || grown(2) <= 0) && performance.now() < until) {
          await kit.pause(ASK_EVERY_MS);
          after = await streamed(kit);
        }
        // As time passes, readings leave the last day too.
        const isRight = grown(0) <= 0 && grown(1) > 0 && grown(2) > 0;
        expectThat(isRight, `more than ${words(before)} but in 24h`, words(after));
      },
    ],
    [
      "default-range",
      "Without a time_range the statistics are those of 24h.",
      async (kit) => {
        await kit.write(123);
        // So that the other ranges are not the same by chance.
        await writeDaysAgo(kit);
        const [usual, day] = [await ask(kit), await ask(kit, "?time_range=24h")];
        expectSame(JSON.stringify(usual), JSON.stringify(day));
      },
    ],
    [
      "unknown-range",
      "An unknown time_range is a 400.",
      async (kit) => {
        const path = `${PATHS.statistics}?time_range=1y`;
        expectError(await kit.ask({ path, token: kit.token([SCOPE]) }), { status: 400 });
      },
    ],
    [
      "longer-range-holds-shorter",
      "A longer range holds a shorter one: its maximum is no lower, its minimum no higher.",
      async (kit) => {
        await kit.write(124);
        const [day, week, month] = [
          await ask(kit, "?time_range=24h"),
          await ask(kit, "?time_range=7d"),
          await ask(kit, "?time_range=30d"),
        ];
        const span = (said: Statistics) =>
          `${said.minimum_beats_per_minute} to ${said.maximum_beats_per_minute}`;
        const holdsIt = (longer: Statistics, shorter: Statistics) =>
          longer.maximum_beats_per_minute >= shorter.maximum_beats_per_minute &&
          longer.minimum_beats_per_minute <= shorter.minimum_beats_per_minute;
        expectThat(
          holdsIt(week, day) && holdsIt(month, week),
          "24h within 7d within 30d",
          [day, week, month].map(span).join(", "),
        );
      },
    ],
    [
      "written-counts-at-once",
      "A reading counts in the statistics as soon as it was answered 200.",
      async (kit) => {
        await kit.write(1);
        await kit.write(65_535);
        const said = await ask(kit);
        const got = `${said.minimum_beats_per_minute} to ${said.maximum_beats_per_minute}`;
        expectSame(got, "1 to 65535", "heart rates from ");
      },
      { isOurs: true },
    ],
  ],
  [holds(SCOPE)],
);

/** Apart from the others, because it needs another user and not the test user's token. */
export const STATISTICS_OF_NOTHING = area("statistics", SECTION, [
  [
    "none-yet",
    "A user without readings in the range is answered 412 in JSON.",
    async (kit) => {
      for (const range of Object.keys(RANGES)) {
        const path = `${PATHS.statistics}?time_range=${range}`;
        expectError(await kit.ask({ path, token: kit.tokens.empty?.token }), { status: 412 });
      }
    },
    { needs: [emptyHolds(SCOPE)] },
  ],
]);
