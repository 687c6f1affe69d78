import { expectMatch, expectSame, Mismatch } from "./check.ts";
import { type Answer, parseObject } from "./kit.ts";
import type { Handshake } from "./socket.ts";

/** What an error of the wire must be. */
export interface ExpectedError {
  readonly status: number;
  /** Absent where Pulsoid documents none. */
  readonly code?: number;
  readonly message?: string;
}

/** @throws Mismatch unless an answer is an error as every route says it: JSON, a number, a text, and nothing else */
export function expectError(answer: Answer | Handshake, expected: ExpectedError): void {
  const text = "text" in answer ? answer.text : answer.body;
  const type = answer.headers.get("content-type") ?? null;
  expectSame("the status", answer.status, expected.status);
  expectMatch("the content type of the error", type, /^application\/json/);
  const body = parseObject(text);
  if (
    body === undefined ||
    Object.keys(body).join() !== "error_code,error_message" ||
    typeof body.error_code !== "number" ||
    typeof body.error_message !== "string"
  ) {
    throw new Mismatch("the body of the error", '{"error_code":<number>,"error_message":<text>}', text);
  }
  if (expected.code !== undefined) expectSame("the error code", body.error_code, expected.code);
  if (expected.message !== undefined) expectSame("the error message", body.error_message, expected.message);
}

/** @throws Mismatch unless an answer is 200 with exactly this body */
export function expectBody(answer: Answer, body: string): void {
  expectSame("the status", answer.status, 200);
  expectSame("the body", answer.text, body);
}

/** Reads a JSON object whose keys must be these, in this order. @throws Mismatch */
export function readKeys(what: string, value: unknown, keys: readonly string[]): Record<string, unknown> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject || Object.keys(value).join() !== keys.join()) {
    throw new Mismatch(what, `the keys ${keys.join(", ")} in this order`, value);
  }
  return value as Record<string, unknown>;
}

/** Reads the JSON object of an answer of 200. @throws Mismatch */
export function readAnswer(answer: Answer, keys: readonly string[]): Record<string, unknown> {
  expectSame("the status", answer.status, 200);
  expectMatch("the content type", answer.headers.get("content-type"), /^application\/json/);
  return readKeys("the body", parseObject(answer.text) ?? answer.text, keys);
}

/** Identifiers that clients check with a regular expression. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
