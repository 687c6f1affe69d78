import { area, type Rule } from "../check.ts";
import { expectError, expectJsonBytes } from "../expectations.ts";
import { NOBODY, PATHS } from "../routes.ts";

const SECTION = "5 POST /api/v1/data";
const AT = "1709312400000";

/** Bodies that are not of the shape, and the field that the message must name. */
export const REFUSED: readonly (readonly [
  name: string,
  words: string,
  body: string | Uint8Array,
  names?: string,
])[] = [
  ["no-body", "no body", ""],
  ["no-json", "a body that is no JSON", "heart_rate=75"],
  ["half-json", "a body that breaks off", `{"measured_at":${AT},"data":{"heart_rate":75}`],
  [
    "no-utf-8",
    "a body that is not UTF-8",
    Buffer.from(`{"measured_at":${AT},"data":{"heart_rate":75},"note":"\xff"}`, "latin1"),
  ],
  ["array", "an array", `[{"measured_at":${AT},"data":{"heart_rate":75}}]`],
  ["number", "a bare number", "75"],
  ["null", "a bare null", "null"],
  ["no-time", "a missing measured_at", '{"data":{"heart_rate":75}}', "measured_at"],
  ["no-data", "a missing data", `{"measured_at":${AT}}`, "data"],
  ["no-rate", "a missing heart_rate", `{"measured_at":${AT},"data":{}}`, "heart_rate"],
  ["rate-of-text", "a heart rate as text", `{"measured_at":${AT},"data":{"heart_rate":"75"}}`, "heart_rate"],
  ["rate-null", "a heart rate of null", `{"measured_at":${AT},"data":{"heart_rate":null}}`, "heart_rate"],
  [
    "rate-fraction",
    "a heart rate with a fraction",
    `{"measured_at":${AT},"data":{"heart_rate":75.5}}`,
    "heart_rate",
  ],
  [
    "rate-fraction-below-zero",
    "a heart rate of -0.5",
    `{"measured_at":${AT},"data":{"heart_rate":-0.5}}`,
    "heart_rate",
  ],
  [
    "rate-over-65535",
    "a heart rate of 65536",
    `{"measured_at":${AT},"data":{"heart_rate":65536}}`,
    "heart_rate",
  ],
  ["data-of-text", "data as text", `{"measured_at":${AT},"data":"75"}`, "data"],
  ["data-null", "data of null", `{"measured_at":${AT},"data":null}`, "data"],
  [
    "time-of-text",
    "a measured_at as text",
    `{"measured_at":"${AT}","data":{"heart_rate":75}}`,
    "measured_at",
  ],
  ["time-null", "a measured_at of null", '{"measured_at":null,"data":{"heart_rate":75}}', "measured_at"],
  ["time-negative", "a negative measured_at", '{"measured_at":-1,"data":{"heart_rate":75}}', "measured_at"],
  [
    "time-unsafe",
    "a measured_at over 9007199254740991",
    '{"measured_at":9007199254740992,"data":{"heart_rate":75}}',
    "measured_at",
  ],
];

const refused: readonly Rule[] = REFUSED.map(([name, words, body, names]) => [
  `refuses-${name}`,
  `A write with ${words} is answered with 400${names === undefined ? "" : `, and the message names ${names}`}.`,
  async (kit) =>
    expectError(await kit.send(body), { status: 400, ...(names === undefined ? {} : { names }) }),
]);

/** What a body must be, and what is not looked at. */
export const WRITE_BODIES = area("write", SECTION, [
  ...refused,
  [
    "token-before-body",
    "The token is checked before the body: a wrong one is a 401 whatever the body is.",
    async (kit) => {
      const answer = await kit.ask({ method: "POST", path: PATHS.write, token: NOBODY, body: "no JSON" });
      expectError(answer, { status: 401, code: 7005 });
    },
  ],
  [
    "content-type-not-looked-at",
    "The declared content type of a write is not looked at.",
    async (kit) => {
      for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
        const body = `{"measured_at":${AT},"data":{"heart_rate":0}}`;
        expectJsonBytes(await kit.send(body, { "content-type": type }), "{}");
      }
    },
  ],
  [
    "extra-fields-ignored",
    "Fields of a write beside the documented ones are ignored.",
    async (kit) => {
      const body = `{"app":"a","measured_at":${AT},"data":{"heart_rate":0,"rr":[800]},"v":null}`;
      expectJsonBytes(await kit.send(body), "{}");
    },
  ],
]);
