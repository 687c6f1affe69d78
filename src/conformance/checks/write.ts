import { area, type Rule } from "../check.ts";
import { expectJsonBytes, expectSame, expectThat } from "../expectations.ts";
import { type Kit, readingBody, type Shown } from "../kit.ts";
import { CLOCKS_DIFFER_MS_MAX } from "../moments.ts";

const SECTION = "5 POST /api/v1/data";

/** One and the same reading. */
function expectReading(got: Shown, expected: Shown, what: string): void {
  const words = ({ measuredAt, bpm }: Shown) => `${bpm} measured at ${measuredAt}`;
  expectSame(words(got), words(expected), `${what}: `);
}

/** What 0 and below must leave as it was. */
function withoutTrace(name: string, words: string, bpm: number): readonly Rule[] {
  return [
    [
      `${name}-is-accepted`,
      `A heart rate ${words} is answered 200 with an empty JSON object.`,
      async (kit) => expectJsonBytes(await kit.send(readingBody(await kit.nextMoment(), bpm)), "{}"),
    ],
    [
      `${name}-is-not-stored`,
      `A heart rate ${words} is not stored: the latest reading stays.`,
      async (kit) => {
        const measuredAt = await kit.write(71);
        await kit.send(readingBody(await kit.nextMoment(), bpm));
        expectReading(await kit.latest(), { measuredAt, bpm: 71 }, "as latest ");
      },
    ],
    [
      `${name}-is-not-streamed`,
      `A heart rate ${words} is not streamed.`,
      async (kit) => {
        using socket = await kit.hear("?response_mode=text_plain_only_heart_rate");
        await kit.send(readingBody(await kit.nextMoment(), bpm));
        await kit.write(72);
        expectSame(await socket.text(), "72", "a frame ");
      },
    ],
  ];
}

/** A reading that was accepted is the latest one. */
async function expectStored(kit: Kit, body: string, expected: Shown): Promise<void> {
  expectJsonBytes(await kit.send(body), "{}");
  expectReading(await kit.latest(), expected, "as latest ");
}

/** What is accepted, and what becomes of it. */
export const WRITE = area("write", SECTION, [
  [
    "accepts",
    "A reading is answered 200 with an empty JSON object.",
    async (kit) => expectJsonBytes(await kit.send(readingBody(await kit.nextMoment(), 75)), "{}"),
  ],
  [
    "is-stored",
    "A reading that was answered 200 is the latest one from then on.",
    async (kit) => {
      const measuredAt = await kit.nextMoment();
      await expectStored(kit, readingBody(measuredAt, 76), { measuredAt, bpm: 76 });
    },
  ],
  [
    "accepts-65535",
    "A heart rate of 65535, the most that Bluetooth can say, is accepted.",
    async (kit) => {
      const measuredAt = await kit.nextMoment();
      await expectStored(kit, readingBody(measuredAt, 65_535), { measuredAt, bpm: 65_535 });
    },
  ],
  [
    "accepts-1",
    "A heart rate of 1 is accepted.",
    async (kit) => {
      const measuredAt = await kit.nextMoment();
      await expectStored(kit, readingBody(measuredAt, 1), { measuredAt, bpm: 1 });
    },
  ],
  [
    "rounds-time-down",
    "A measured_at with a fraction is accepted and rounded down.",
    async (kit) => {
      const measuredAt = await kit.nextMoment();
      const body = `{"measured_at":${measuredAt}.9,"data":{"heart_rate":77}}`;
      await expectStored(kit, body, { measuredAt, bpm: 77 });
    },
  ],
  [
    "reads-microseconds",
    "A measured_at of 1e14 or more is in microseconds.",
    async (kit) => {
      const measuredAt = await kit.nextMoment();
      await expectStored(kit, readingBody(measuredAt * 1000, 78), { measuredAt, bpm: 78 });
    },
  ],
  ...withoutTrace("zero", "of 0", 0),
  ...withoutTrace("negative", "below 0", -5),
  [
    "older-does-not-replace-latest",
    "An old reading that arrives late does not replace a newer one as latest.",
    async (kit) => {
      const measuredAt = await kit.write(79);
      await kit.write(80, kit.moments.past());
      expectReading(await kit.latest(), { measuredAt, bpm: 79 }, "as latest ");
    },
  ],
  [
    "first-of-a-time-stays",
    "A second reading with the same measured_at is answered 200, and the first one stays.",
    async (kit) => {
      const measuredAt = await kit.write(81);
      expectJsonBytes(await kit.send(readingBody(measuredAt, 82)), "{}");
      expectReading(await kit.latest(), { measuredAt, bpm: 81 }, "as latest ");
    },
  ],
  [
    "same-reading-streamed-once",
    "A reading that is sent again is streamed once.",
    async (kit) => {
      using socket = await kit.hear("?response_mode=text_plain_only_heart_rate");
      const measuredAt = await kit.write(83);
      await kit.write(83, measuredAt);
      await kit.write(84, measuredAt);
      await kit.write(85);
      expectSame((await socket.texts(2)).join(", "), "83, 85", "the frames ");
    },
  ],
]);

/** A clock that is ahead by more than any two machines are. */
export const AHEAD_MS = 86_400_000;

/** The time of an arrival, as the server shows it just after it. @throws Mismatch */
export function expectAboutNow(kit: Kit, time: number): void {
  const expected = `a time within ${CLOCKS_DIFFER_MS_MAX / 1000} s of ${Date.now()}, when it arrived`;
  expectThat(kit.moments.sawServerTime(time), expected, `${time}`);
}

/** Readings of a wrong clock; they run late, because a server that gets this wrong has a latest reading of tomorrow. */
export const WRITE_AHEAD = area("write", SECTION, [
  [
    "future-counts-from-arrival",
    "A reading whose measured_at is in the future counts from its arrival, as latest and live.",
    async (kit) => {
      using socket = await kit.hear();
      await kit.write(86, Date.now() + AHEAD_MS);
      const { measuredAt, bpm } = await kit.latest();
      expectSame(bpm, 86, "as latest ");
      expectAboutNow(kit, measuredAt);
      expectSame(await socket.text(), readingBody(measuredAt, 86), "the frame ");
    },
  ],
  [
    "future-does-not-stay-latest",
    "A reading whose measured_at is in the future does not stay latest when a newer one arrives.",
    async (kit) => {
      await kit.write(87, Date.now() + AHEAD_MS);
      kit.moments.sawServerTime((await kit.latest()).measuredAt);
      const measuredAt = await kit.write(88);
      expectReading(await kit.latest(), { measuredAt, bpm: 88 }, "as latest ");
    },
  ],
  [
    "future-reading-sent-again",
    "A reading whose measured_at is in the future is one reading too when it is sent again.",
    async (kit) => {
      using socket = await kit.hear("?response_mode=text_plain_only_heart_rate");
      const claimed = Date.now() + AHEAD_MS;
      await kit.write(89, claimed);
      await kit.write(90, claimed);
      const { measuredAt, bpm } = await kit.latest();
      expectSame(bpm, 89, "as latest ");
      kit.moments.sawServerTime(measuredAt);
      await kit.write(91);
      expectSame((await socket.texts(2)).join(", "), "89, 91", "the frames ");
    },
  ],
]);
