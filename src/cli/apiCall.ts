import { apiAddress, type Connection } from "./connection.ts";
import { describeConnectionFault, isUntrusted } from "./connectionFault.ts";
import { CommandFailure } from "./failure.ts";
import { type Answer, readAnswer } from "./serverAnswer.ts";
import { type Asked, describeRefusal, readError } from "./serverWords.ts";

/** No list of ours is longer in sane use. */
const ANSWER_BYTES_MAX = 4_194_304;

/** How long a server may take to answer. */
const ANSWER_TIMEOUT_MS = 10_000;

export interface ApiCall extends Asked {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the server's address, without a slash before it. */
  readonly path: string;
  readonly body?: unknown;
}

/** A call that failed in a way that may be otherwise in a moment: no server answers, or it cannot just now. */
export class CallUnanswered extends CommandFailure {
  override name = "CallUnanswered";
}

/**
 * Calls a route of the server once, and gives back its JSON.
 *
 * @throws CommandFailure when the server refuses or answers something else; CallUnanswered when it does not answer, or with
 *   a failure of its own (5xx)
 */
export async function callApi({ baseUrl, token }: Connection, call: ApiCall): Promise<unknown> {
  const answer = await ask(baseUrl, token, call);
  if (answer.status >= 500) throw new CallUnanswered(describe(answer, call));
  if (answer.status !== 200) throw new CommandFailure(describe(answer, call));
  try {
    return JSON.parse(answer.body);
  } catch {
    throw new CommandFailure("What answers at this address is not a Heartwire.");
  }
}

/** Where the server says in our own words what stands against it, nothing is clearer. */
function describe(answer: Answer, call: ApiCall): string {
  const { code, message } = readError(answer.body);
  const isOurs = code >= OUR_CODES_FROM && message !== "";
  return isOurs ? sentence(message) : describeRefusal(answer, call);
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** Codes from here on are Heartwire's own (docs/errors.md). */
const OUR_CODES_FROM = 8000;

async function ask(baseUrl: URL, token: string, { method, path, body }: ApiCall): Promise<Answer> {
  try {
    const response = await fetch(apiAddress(baseUrl, path), {
      method,
      headers: { authorization: `Bearer ${token}` },
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return await readAnswer(response, ANSWER_BYTES_MAX);
  } catch (error) {
    if (isUntrusted(error)) throw new CommandFailure(sentence(describeConnectionFault(error)));
    throw new CallUnanswered(
      `The server at ${baseUrl.origin} does not answer. Is it running? Name another one with --url.`,
    );
  }
}
