import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROUTES } from "../../src/api/routes.ts";
import { hashToken } from "../../src/auth/tokens.ts";
import { filled } from "./filledPath.ts";
import { exchange, requestText } from "./rawConnection.ts";
import { LIVE_PATH, OPCODE, RawSocket } from "./rawSocket.ts";
import { readingBody, VALIDATE_PATH } from "./requests.ts";

/** Tokens that are sent everywhere and searched for afterwards. */
const PATHS: readonly string[] = [
  ...ROUTES.map(({ path }) => filled(path)),
  "/api/none",
  "/oauth2/none",
  "/none",
];

const METHODS = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"] as const;

/** Ways in which a person or a broken client puts a token into the head of a request. */
function headersWith(secret: string): readonly (readonly string[])[] {
  return [
    [`Authorization: Bearer ${secret}`],
    [`Authorization: Bearer ${secret.toUpperCase()}`],
    [`Authorization: Bearer ${secret}x`],
    [`Authorization: Basic ${secret}`],
    [`Authorization: Basic ${btoa(`user:${secret}`)}`],
    [`Authorization: ${secret}`],
    [`Authorization: Bearer ${secret}`, `Authorization: Bearer ${secret}`],
    [`Cookie: access_token=${secret}`],
    [`X-Access-Token: ${secret}`],
    [`Referer: http://localhost/?access_token=${secret}`],
    [`X-Request-Id: ${secret}`],
    [`Forwarded: for=${secret}`],
  ];
}

/** ... and into the target. */
function targetsWith(path: string, secret: string): readonly string[] {
  return [
    `${path}?access_token=${secret}`,
    `${path}?access_token=${secret}&access_token=${crypto.randomUUID()}`,
    `${path}?access_token=${secret}%20`,
    `${path}?token=${secret}`,
    `${path}?response_mode=${secret}`,
    `${path}?${secret}`,
    `${path}/${secret}`,
    `/${secret}${path}`,
    `http://localhost${path}?access_token=${secret}`,
    `http://${secret}@localhost${path}`,
  ];
}

function bodiesWith(secret: string): readonly string[] {
  return [
    secret,
    `"${secret}"`,
    `access_token=${secret}`,
    `{"access_token":"${secret}"}`,
    `{"measured_at":"${secret}","data":{"heart_rate":75}}`,
    `{"measured_at":1,"data":{"heart_rate":"${secret}"}}`,
    `{"measured_at":1,"data":{"${secret}":75}}`,
    `${readingBody(1, 75).slice(0, -1)},"token":"${secret}"}`,
  ];
}

/**
 * Sends a token through every route, by every way in.
 *
 * @param good the token of a user with whom bodies are sent too
 * @returns everything that was answered, except where the wire text says that the answer shows the token
 */
export async function sendEverywhere(
  origin: string,
  secret: string,
  good: string,
): Promise<readonly string[]> {
  const requests: string[] = [];
  for (const path of PATHS) {
    for (const method of METHODS) {
      for (const headers of headersWith(secret)) requests.push(requestText(`${method} ${path}`, headers));
      for (const target of targetsWith(path, secret)) requests.push(requestText(`${method} ${target}`, []));
    }
    for (const body of bodiesWith(secret)) {
      const length = `Content-Length: ${body.length}`;
      requests.push(requestText(`POST ${path}`, [`Authorization: Bearer ${good}`, length], body));
    }
  }
  requests.push(
    `GET / HTTP/1.1\r\nHost: ${secret}\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: localhost:${secret}\r\n\r\n`,
  );
  const answers: string[] = [];
  for (const request of requests) {
    const { status, headers, body } = await exchange(origin, request);
    const isShown = status === 200 && request.includes(VALIDATE_PATH);
    answers.push(`${JSON.stringify([...headers])} ${isShown ? "" : body}`);
  }
  return [...answers, await talkOnSocket(origin, secret)];
}

async function talkOnSocket(origin: string, secret: string): Promise<string> {
  using socket = await RawSocket.open(origin, LIVE_PATH, [`Authorization: Bearer ${secret}`]);
  if (socket.handshake.status !== 101) return JSON.stringify(socket.handshake);
  socket.send(OPCODE.text, secret);
  socket.send(OPCODE.ping);
  return JSON.stringify([...socket.handshake.headers]) + (await socket.frame()).payload.toString();
}

/** The forms of a token that must be found nowhere: as it is, without its dashes, and the hash that stands for it. */
export function tracesOf(secret: string): readonly string[] {
  return [secret, secret.replaceAll("-", ""), hashToken(secret), btoa(`user:${secret}`).toLowerCase()];
}

/** @returns the first of these texts that holds a form of a token, in capitals or not */
export function findTrace(texts: readonly string[], forms: readonly string[]): string | undefined {
  return texts.find((text) => forms.some((form) => text.toLowerCase().includes(form)));
}

/** Every file of a folder, as text of single bytes. */
export function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString("latin1"));
}
