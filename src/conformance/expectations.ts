import type { Answer } from "./client/answer.ts";

/** The server did something else than the wire text says. */
export class Mismatch extends Error {
  override name = "Mismatch";
  readonly expected: string;
  readonly got: string;

  constructor(expected: string, got: string) {
    super(`expected ${expected}, got ${got}`);
    this.expected = expected;
    this.got = got;
  }
}

/** @throws Mismatch unless it holds */
export function expectThat(holds: boolean, expected: string, got: string): void {
  if (!holds) throw new Mismatch(expected, got);
}

/** @throws Mismatch unless both are the same value */
export function expectSame(got: string | number | undefined, expected: string | number, what = ""): void {
  if (got !== expected) throw new Mismatch(`${what}${expected}`, got === undefined ? "nothing" : `${got}`);
}

/** Status, content type and body of an answer, as a failure shows them. */
export function shown(answer: Answer): string {
  const { text } = answer;
  const type = answer.header("content-type");
  const body =
    text === "" ? "without a body" : type === undefined || answer.isJson ? text : `${type}: ${text}`;
  return `${answer.status} ${body}`;
}

/** @throws Mismatch unless the answer has this status */
export function expectStatus(answer: Answer, status: number, why = ""): void {
  expectThat(answer.status === status, `${status}${why === "" ? "" : ` ${why}`}`, shown(answer));
}

/** @throws Mismatch unless the answer is 200 with JSON */
export function expectJson(answer: Answer): unknown {
  expectThat(
    answer.status === 200 && answer.isJson,
    "200 with a JSON body (application/json)",
    shown(answer),
  );
  return answer.json;
}

/** @throws Mismatch unless the answer is 200, JSON, and its body is this to the byte */
export function expectJsonBytes(answer: Answer, body: string): void {
  expectThat(
    answer.status === 200 && answer.isJson && answer.text === body,
    `200 ${body} (application/json)`,
    shown(answer),
  );
}

/** What an error of the wire says. */
export interface WireError {
  readonly status: number;
  /** Any number where absent. */
  readonly code?: number;
  readonly message?: string;
  /** `WWW-Authenticate`: null for `Bearer` without an error, else its `error` attribute. Not looked at where absent. */
  readonly challenge?: string | null;
  /** A word that the message must have, such as the name of a field. */
  readonly names?: string;
}

/** @throws Mismatch unless the answer is the error, as JSON with a number and a message */
export function expectError(answer: Answer, error: WireError): void {
  const { status, code, message, challenge, names } = error;
  const wanted = `{"error_code":${code ?? "<number>"},"error_message":${
    message !== undefined ? JSON.stringify(message) : names === undefined ? "<text>" : `<text with ${names}>`
  }}`;
  const body = answer.json as Record<string, unknown> | undefined | null;
  const [gotCode, gotMessage] = [body?.error_code, body?.error_message];
  const isRight =
    answer.status === status &&
    answer.isJson &&
    typeof gotCode === "number" &&
    typeof gotMessage === "string" &&
    (code === undefined || gotCode === code) &&
    (message === undefined || gotMessage === message) &&
    (names === undefined || gotMessage.includes(names));
  expectThat(isRight, `${status} ${wanted} (application/json)`, shown(answer));
  if (challenge !== undefined) expectChallenge(answer, challenge);
}

/** RFC 6750 section 3: `Bearer` alone where no token was sent, else with the `error` attribute that fits. */
function expectChallenge(answer: Answer, error: string | null): void {
  const header = answer.header("www-authenticate");
  const given = /\berror="?([a-z_]+)"?/.exec(header ?? "")?.[1] ?? null;
  const isRight = /^Bearer\b/i.test(header ?? "") && given === error;
  const wanted = error === null ? "Bearer, without an error attribute" : `Bearer error="${error}"`;
  expectThat(isRight, `WWW-Authenticate: ${wanted}`, `WWW-Authenticate: ${header ?? "not there"}`);
}

/** Clients parse a signed 32-bit integer. */
export const EXPIRES_IN_MAX = 2_147_483_647;

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The keys of an object in their order, for the expectation that they are these and no others. */
export function keysOf(value: unknown): string {
  return typeof value === "object" && value !== null ? Object.keys(value).join(", ") : "no object";
}
