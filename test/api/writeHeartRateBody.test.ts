import { describe, expect, test } from "bun:test";
import { expectAccepted, expectError } from "../support/answers.ts";
import { bearer, latest, MOMENT, post } from "../support/requests.ts";
import { newUserToken, sharedServer } from "../support/sharedServer.ts";

/** Every shape of a body that the wire text names, refused and accepted. */
const shared = sharedServer();

const TIME = "measured_at: expected a Unix time in milliseconds from 0 to 9007199254740991";
const RATE = "data.heart_rate: expected an integer up to 65535";
const OBJECT = "body: expected a JSON object";
const JSON_TEXT = "body: expected JSON";
const DATA = "data: expected an object";

const time = (value: string) => `{"measured_at":${value},"data":{"heart_rate":75}}`;
const rate = (value: string) => `{"measured_at":${MOMENT},"data":{"heart_rate":${value}}}`;
const data = (value: string) => `{"measured_at":${MOMENT},"data":${value}}`;

const REFUSED: readonly (readonly [
  what: string,
  body: string | Uint8Array<ArrayBuffer> | undefined,
  message: string,
])[] = [
  ["no body", undefined, "body: expected a JSON object, got nothing"],
  ["an empty body", "", "body: expected a JSON object, got nothing"],
  ["only white space", " \r\n\t", JSON_TEXT],
  ["a word", "hello", JSON_TEXT],
  ["half a body", '{"measured_at":17093124', JSON_TEXT],
  ["two bodies", `${time("1")}${time("2")}`, JSON_TEXT],
  ["a trailing comma", '{"measured_at":1,}', JSON_TEXT],
  ["single quotes", "{'measured_at':1}", JSON_TEXT],
  ["NaN", rate("NaN"), JSON_TEXT],
  ["Infinity", time("Infinity"), JSON_TEXT],
  ["a form", "measured_at=1709312400000&heart_rate=75", JSON_TEXT],
  ["invalid UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), "body: expected UTF-8"],
  [
    "invalid UTF-8 in a field that is ignored",
    Buffer.concat([
      Buffer.from(`${time("1").slice(0, -1)},"x":"`),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}'),
    ]),
    "body: expected UTF-8",
  ],
  ["UTF-16", Buffer.from(time("1"), "utf16le"), JSON_TEXT],
  ["brackets 16,000 deep", "[".repeat(16_000), JSON_TEXT],
  ["an array", `[${time("1")}]`, OBJECT],
  ["an empty array", "[]", OBJECT],
  ["a string", '"75"', OBJECT],
  ["a number", "75", OBJECT],
  ["null", "null", OBJECT],
  ["true", "true", OBJECT],
  ["an empty object", "{}", TIME],
  ["no measured_at", '{"data":{"heart_rate":75}}', TIME],
  ["measured_at as a string", time('"1709312400000"'), TIME],
  ["measured_at as an ISO time", time('"2024-03-01T17:00:00Z"'), TIME],
  ["measured_at null", time("null"), TIME],
  ["measured_at true", time("true"), TIME],
  ["measured_at as an array", time("[1709312400000]"), TIME],
  ["a negative measured_at", time("-1"), TIME],
  ["a measured_at just below zero", time("-0.5"), TIME],
  ["an unsafe measured_at", time("9007199254740992"), TIME],
  ["a fractional measured_at that rounds to an unsafe one", time("9007199254740991.5"), TIME],
  ["a measured_at beyond every number", time("1e400"), TIME],
  ["no data", `{"measured_at":${MOMENT}}`, DATA],
  ["data null", data("null"), DATA],
  ["data as a string", data('"75"'), DATA],
  ["data as a number", data("75"), DATA],
  ["data as an array", data("[75]"), DATA],
  ["empty data", data("{}"), RATE],
  ["heart_rate beside data", `{"measured_at":${MOMENT},"heart_rate":75,"data":{}}`, RATE],
  ["heartRate, as other sockets write it", data('{"heartRate":75}'), RATE],
  ["heart_rate as a string", rate('"75"'), RATE],
  ["heart_rate null", rate("null"), RATE],
  ["heart_rate true", rate("true"), RATE],
  ["heart_rate as an array", rate("[75]"), RATE],
  ["heart_rate as an object", rate("{}"), RATE],
  ["a fractional heart rate", rate("75.5"), RATE],
  ["a fractional heart rate just below zero", rate("-0.5"), RATE],
  ["a fractional heart rate just above zero", rate("1e-9"), RATE],
  ["a heart rate over what Bluetooth can say", rate("65536"), RATE],
  ["a heart rate beyond every number", rate("1e400"), RATE],
  ["a heart rate below every number", rate("-1e400"), RATE],
];

describe("a body that is not a reading is answered 400, which names the field and what was expected", () => {
  for (const [what, body, message] of REFUSED) {
    test(what, async () => {
      const { origin } = shared();
      const token = await newUserToken(shared());
      await expectError(await post(origin, body, bearer(token)), { status: 400, code: 8001, message });
      expect(await latest(origin, token)).toBeUndefined();
    });
  }
});

const ACCEPTED: readonly (readonly [what: string, body: string, measuredAt: number, bpm: number])[] = [
  ["the plain body", time(String(MOMENT)), MOMENT, 75],
  ["white space around it", `\n  ${time(String(MOMENT))}\r\n`, MOMENT, 75],
  ["a byte order mark before it", `\ufeff${time(String(MOMENT))}`, MOMENT, 75],
  ["another order of keys", `{"data":{"heart_rate":75},"measured_at":${MOMENT}}`, MOMENT, 75],
  [
    "extra fields",
    `{"measured_at":${MOMENT},"device":"strap","data":{"heart_rate":75,"rr":[800],"contact":true},"x":{"y":null}}`,
    MOMENT,
    75,
  ],
  [
    "a field named __proto__",
    `{"measured_at":${MOMENT},"data":{"heart_rate":75,"__proto__":{}}}`,
    MOMENT,
    75,
  ],
  ["a key given twice: the last one counts", `{"measured_at":1,${time(String(MOMENT)).slice(1)}`, MOMENT, 75],
  ["an escaped key", `{"measured\\u005fat":${MOMENT},"data":{"heart_rate":75}}`, MOMENT, 75],
  ["a whole heart rate written as 75.0", rate("75.0"), MOMENT, 75],
  ["a heart rate written as 7.5e1", rate("7.5e1"), MOMENT, 75],
  ["a time written with an exponent", time("1.7093124e12"), MOMENT, 75],
  ["a fractional time is rounded down", time(`${MOMENT}.999`), MOMENT, 75],
  ["a fraction of the first millisecond", time("0.999"), 0, 75],
  ["minus zero is the first millisecond", time("-0"), 0, 75],
  ["1e14 and more are microseconds", time("100000000000000"), 100_000_000_000, 75],
  ["microseconds are rounded down", time(`${MOMENT}999`), MOMENT, 75],
];

describe("a body that is a reading is accepted", () => {
  for (const [what, body, measuredAt, bpm] of ACCEPTED) {
    test(what, async () => {
      const { origin } = shared();
      const token = await newUserToken(shared());
      await expectAccepted(await post(origin, body, bearer(token)));
      expect(await latest(origin, token)).toEqual({ measured_at: measuredAt, data: { heart_rate: bpm } });
    });
  }

  const types = [
    undefined,
    "application/json; charset=utf-8",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "nonsense",
  ];
  for (const type of types) {
    test(`whatever the declared content type says: ${type ?? "nothing"}`, async () => {
      const token = await newUserToken(shared());
      const headers = { ...bearer(token), ...(type === undefined ? {} : { "content-type": type }) };
      const body = Buffer.from(time(String(MOMENT)));
      await expectAccepted(await post(shared().origin, body, headers));
    });
  }
});

test("a value that was sent is never repeated in the answer", async () => {
  const token = await newUserToken(shared());
  const secret = "SW5uZXJtb3N0U2VjcmV0";
  const bodies = [
    secret,
    `"${secret}"`,
    time(`"${secret}"`),
    rate(`"${secret}"`),
    data(`"${secret}"`),
    `{"${secret}":1}`,
    `{"measured_at":"1","data":{"heart_rate":{"${secret}":"${secret}"}}}`,
  ];
  for (const body of bodies) {
    const response = await post(shared().origin, body, bearer(token));
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain(secret);
    expect(JSON.stringify([...response.headers])).not.toContain(secret);
  }
});
