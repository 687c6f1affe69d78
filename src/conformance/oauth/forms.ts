import type { Answer } from "../client/answer.ts";
import { EXPIRES_IN_MAX, expectThat, shown, UUID } from "../expectations.ts";
import type { Kit } from "../kit.ts";
import { PATHS } from "../routes.ts";

/** An app as it is registered with the server under test. */
export interface Client {
  readonly id: string;
  /** Absent for a public client. */
  readonly secret?: string;
}

/** The fields of a form: a list where one stands there twice. */
export type Fields = Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[];

const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** The client that keeps a secret; a check that calls this has said that it needs it. */
export function clientOf({ options }: Kit): Client {
  return { id: options.clientId ?? "", secret: options.clientSecret ?? "" };
}

export function publicClientOf({ options }: Kit): Client {
  return { id: options.publicClientId ?? "" };
}

/** Whichever client there is, as an app that keeps no secret names itself. */
export function anyClientOf({ options }: Kit): Client {
  return { id: options.publicClientId ?? options.clientId ?? "" };
}

/** A client in the fields of a form (RFC 6749 section 2.3.1). */
export function inForm({ id, secret }: Client): Readonly<Record<string, string>> {
  return secret === undefined ? { client_id: id } : { client_id: id, client_secret: secret };
}

/** A client as HTTP Basic names it; UUIDs need no encoding. */
export function basic({ id, secret = "" }: Client): Readonly<Record<string, string>> {
  return { authorization: `Basic ${btoa(`${id}:${secret}`)}` };
}

/** Sends a form, and keeps what the server gives out from being shown. */
export async function post(
  kit: Kit,
  path: string,
  fields: Fields,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const body = new URLSearchParams(fields as Record<string, string>).toString();
  const answer = await kit.ask({ method: "POST", path, headers: { ...FORM, ...headers }, body });
  keep(kit, answer);
  return answer;
}

/** Asks the token endpoint. */
export function askToken(
  kit: Kit,
  fields: Fields,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return post(kit, PATHS.token, fields, headers);
}

const SECRET_FIELDS = ["access_token", "refresh_token", "device_code", "user_code", "code"] as const;

/** Remembers tokens and codes of an answer, which no report may show. */
export function keep({ shared }: Kit, answer: Answer): void {
  for (const name of SECRET_FIELDS) {
    const value = textIn(answer, name);
    if (value !== "") shared.issued.add(value);
  }
}

/** A field of an answer's JSON; undefined where there is none. */
export function fieldIn(answer: Answer, name: string): unknown {
  return (answer.json as Readonly<Record<string, unknown>> | undefined | null)?.[name];
}

/** The same as a text, which is empty where there is none. */
export function textIn(answer: Answer, name: string): string {
  const value = fieldIn(answer, name);
  return typeof value === "string" ? value : "";
}

/** What an error of OAuth says (RFC 6749 section 5.2). */
export interface Refusal {
  readonly status?: readonly number[];
  /** To the letter; not looked at where absent. */
  readonly description?: string;
}

/** @throws Mismatch unless the answer is one of these errors, as JSON */
export function expectRefusal(
  answer: Answer,
  errors: string | readonly string[],
  { status = [400], description }: Refusal = {},
): void {
  const allowed = [errors].flat();
  const isRight =
    status.includes(answer.status) &&
    answer.isJson &&
    allowed.includes(textIn(answer, "error")) &&
    (description === undefined || textIn(answer, "error_description") === description);
  const text = description === undefined ? "" : `,"error_description":${JSON.stringify(description)}`;
  const wanted = allowed.map((error) => `{"error":"${error}"${text}}`).join(" or ");
  expectThat(isRight, `${status.join(" or ")} ${wanted} (application/json)`, shown(answer));
}

/** @throws Mismatch unless the answer is 200 with an access token */
export function expectToken(answer: Answer): void {
  const isRight = answer.status === 200 && answer.isJson && textIn(answer, "access_token") !== "";
  expectThat(isRight, "200 with an access_token in JSON", shown(answer));
}

/** @throws Mismatch unless what a lifetime says is a whole number that clients can hold */
export function expectExpiresIn(answer: Answer): void {
  const said = fieldIn(answer, "expires_in");
  const fits = Number.isInteger(said) && (said as number) > 0 && (said as number) <= EXPIRES_IN_MAX;
  // As clients read it: a number without a fraction and without quotes.
  const isPlain = /"expires_in"\s*:\s*\d+\s*[,}]/.test(answer.text);
  expectThat(fits && isPlain, `expires_in from 1 to ${EXPIRES_IN_MAX}`, shown(answer));
}

/** @throws Mismatch unless these fields are lower-case UUIDs */
export function expectUuids(answer: Answer, ...names: readonly string[]): void {
  const wrong = names.find((name) => !UUID.test(textIn(answer, name)));
  expectThat(wrong === undefined, `${wrong} that is a lower-case UUID of 36 characters`, shown(answer));
}

/** @throws Mismatch unless no cache may keep the answer (RFC 6749 section 5.1) */
export function expectNotStored(answer: Answer): void {
  const header = answer.header("cache-control") ?? "not there";
  expectThat(/\bno-store\b/i.test(header), "Cache-Control: no-store", `Cache-Control: ${header}`);
}
