import { wordsFor } from "./words/problems.ts";

/** A call that did not do what was asked; the message is for the person. */
export class Refused extends Error {
  override name = "Refused";
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The code of the server's table of errors (docs/errors.md); 0 when there was none. */
  readonly code: number;
  /** Seconds until the next attempt is looked at, where the server said so. */
  readonly waitSeconds: number | undefined;

  constructor(status: number, code: number, message: string, waitSeconds?: number) {
    super(wordsFor(code, message));
    this.status = status;
    this.code = code;
    this.waitSeconds = waitSeconds;
  }
}

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** What stands for no answer, which is no error of the server's. */
const NO_ANSWER = 0;

/**
 * Asks this server. A token goes without the cookie and the cookie without a token: no route takes both.
 *
 * @throws Refused with what stands against it, and what to do
 */
export async function ask(
  method: Method,
  path: string,
  { body, token }: { readonly body?: unknown; readonly token?: string } = {},
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      credentials: token === undefined ? "same-origin" : "omit",
      cache: "no-store",
      redirect: "error",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Refused(NO_ANSWER, NO_ANSWER, "");
  }
  if (response.ok) return response;
  const said = (await response.json().catch(() => ({}))) as {
    readonly error_code?: number;
    readonly error_message?: string;
  };
  const wait = Number(response.headers.get("retry-after") ?? Number.NaN);
  throw new Refused(
    response.status,
    said.error_code ?? -1,
    said.error_message ?? "",
    Number.isFinite(wait) ? wait : undefined,
  );
}

/** What an answer holds; undefined where it has no body. */
export async function read<Answer>(response: Response): Promise<Answer> {
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

/**
 * Asks a route of the sign-in session, which goes by the cookie.
 *
 * @throws Refused
 */
export async function askSession<Answer>(method: Method, path: string, body?: unknown): Promise<Answer> {
  // A body is what makes it JSON, and only JSON of our own origin is heard.
  const sent = method === "GET" ? {} : { body: body ?? {} };
  return read(await ask(method, `/session/${path}`, sent));
}
