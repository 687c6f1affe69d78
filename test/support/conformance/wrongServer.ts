import type { Answer } from "../../../src/conformance/client/answer.ts";
import type { ConformanceOptions, Hooks } from "../../../src/conformance/index.ts";
import { changed, type Fault, type Passed } from "./mutatingProxy.ts";

/** A server that breaks one rule, and the checks that must say so: these and no others. */
export interface WrongServer {
  /** What is wrong with it, as the end of "a server that ...". */
  readonly breaks: string;
  readonly fails: readonly string[];
  readonly fault?: (given: ConformanceOptions) => Fault;
  /** What its operator's hand does instead. */
  readonly hooks?: (hooks: Hooks) => Hooks;
}

/** Changes the answers to requests of one kind. */
export function answering(
  isMeant: (request: Passed) => boolean,
  change: (answer: Answer, request: Passed) => Answer | undefined,
): Fault {
  return {
    answer: async (request, next) => {
      const answer = await next(request);
      return isMeant(request) ? change(answer, request) : answer;
    },
  };
}

/** Changes the JSON of a successful answer. */
export function rewriting<Body>(
  isMeant: (request: Passed) => boolean,
  rewrite: (body: Body, request: Passed) => unknown,
): Fault {
  return answering(isMeant, (answer, request) =>
    answer.status === 200
      ? changed(answer, { body: JSON.stringify(rewrite(answer.json as Body, request)) })
      : answer,
  );
}

/** Passes other requests on than came. */
export function asking(change: (request: Passed) => Passed): Fault {
  return { answer: (request, next) => next(change(request)) };
}

/** Changes text frames on sockets of one kind; undefined drops one. */
export function saying(
  isMeant: (request: Passed) => boolean,
  change: (text: string) => string | readonly string[] | undefined,
): Fault {
  return {
    frame: (frame, request) => {
      if (frame.opcode !== 1 || !isMeant(request)) return [frame];
      const texts = change(frame.payload.toString());
      return [texts ?? []].flat().map((text) => ({ ...frame, payload: Buffer.from(text) }));
    },
  };
}

export const path =
  (wanted: string | RegExp) =>
  (request: Passed): boolean =>
    typeof wanted === "string" ? request.path === wanted : wanted.test(request.path);

export const all = () => true;

/** The body of a write, where it is one. */
export function writtenBy({
  method,
  path,
  body,
}: Passed): { readonly at: number; readonly bpm: number } | undefined {
  if (method !== "POST" || path !== "/api/v1/data") return undefined;
  try {
    const { measured_at, data } = JSON.parse(body.toString());
    return { at: measured_at, bpm: data.heart_rate };
  } catch {
    return undefined;
  }
}

export function codeOf(answer: Answer): number {
  return Number((answer.json as { readonly error_code?: unknown } | undefined | null)?.error_code);
}

/** The same keys in the reverse order. */
export function reversed(object: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(Object.entries(object).reverse());
}

/** Ids of one rule in several areas. */
export function ids(areas: readonly string[], ...rules: readonly string[]): readonly string[] {
  return areas.flatMap((area) => rules.map((rule) => `${area}.${rule}`));
}
