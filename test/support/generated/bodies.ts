import fc from "fast-check";
import { MOMENT } from "../requests.ts";

const ENCODER = new TextEncoder();
const BODY_BYTES_MAX = 16_384;

/** Times as they stand in JSON; few of them, so that many are sent again. */
const time = fc.oneof(
  { weight: 6, arbitrary: fc.nat(20_000).map((offset) => String(MOMENT + offset)) },
  fc.maxSafeNat().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom(
    ..."-1 -0 0 0.5 -0.5 1e400 1e14 99999999999999 100000000000000 9007199254740991 9007199254740992".split(
      " ",
    ),
    ...'null true "1709312400000" [] {} 1709312400000.75 1709312400000999 1.7093124e12'.split(" "),
  ),
);

const rate = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 250 }).map(String) },
  fc.integer({ min: -3, max: 3 }).map(String),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom(...'65535 65536 75.0 7.5e1 75.5 -0 -0.5 1e400 -1e400 null true "75" [75] {}'.split(" ")),
);

const reading = fc.tuple(time, rate).map(([at, bpm]) => `{"measured_at":${at},"data":{"heart_rate":${bpm}}}`);

const likelyReading = fc
  .tuple(fc.nat(20_000), fc.integer({ min: 1, max: 250 }))
  .map(([offset, bpm]) => `{"measured_at":${MOMENT + offset},"data":{"heart_rate":${bpm}}}`);

/** A reading with one byte replaced, left out or put in, or cut off. */
const damaged = fc
  .tuple(reading, fc.nat(80), fc.nat(255), fc.constantFrom("replace", "drop", "insert", "cut"))
  .map(([text, at, byte, how]) => {
    const bytes = ENCODER.encode(text);
    const place = Math.min(at, bytes.length - 1);
    const before = [...bytes.subarray(0, place)];
    const after = [...bytes.subarray(place + (how === "insert" ? 0 : 1))];
    if (how === "cut") return Uint8Array.from(before);
    return Uint8Array.from([...before, ...(how === "drop" ? [] : [byte]), ...after]);
  });

/** Other shapes: fields missing, in other places, of other types, and more of them. */
const misshapen = fc.oneof(
  fc.tuple(time, rate).map(([at, bpm]) => `{"measured_at":${at},"heart_rate":${bpm}}`),
  fc.tuple(time, rate).map(([at, bpm]) => `[{"measured_at":${at},"data":{"heart_rate":${bpm}}}]`),
  time.map((at) => `{"measured_at":${at}}`),
  rate.map((bpm) => `{"data":{"heart_rate":${bpm}}}`),
  fc.tuple(time, fc.json()).map(([at, data]) => `{"measured_at":${at},"data":${data}}`),
  fc.tuple(reading, fc.json()).map(([text, more]) => `{"more":${more},${text.slice(1)}`),
  fc.tuple(reading, time).map(([text, at]) => `{"measured_at":${at},${text.slice(1)}`),
);

const padded = fc
  .tuple(likelyReading, fc.integer({ min: -2, max: 2 }))
  .map(([text, over]) => text.padEnd(BODY_BYTES_MAX + over, " "));

/** Bodies of `POST /api/v1/data`: readings, near misses and nonsense. */
export const generatedBody: fc.Arbitrary<string | Uint8Array<ArrayBuffer>> = fc.oneof(
  { weight: 8, arbitrary: likelyReading },
  { weight: 6, arbitrary: reading },
  { weight: 3, arbitrary: damaged },
  { weight: 3, arbitrary: misshapen },
  fc.json(),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Uint8Array.from(bytes)),
  padded,
);
