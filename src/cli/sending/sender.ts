import { encodeWireBody, type WireReading } from "../../exchange/ndjson.ts";
import { apiAddress, type Connection } from "../connection.ts";
import { describeConnectionFault } from "../connectionFault.ts";
import { readAnswer } from "../serverAnswer.ts";
import { judgeAnswer, type Verdict } from "./answer.ts";
import { backoffDelayMs } from "./backoff.ts";
import type { Halt } from "./halt.ts";
import { pause } from "./pause.ts";

/** A request without an answer for this long is sent again. */
export const REQUEST_TIMEOUT_MS = 10_000;

/**
 * A run that never gives up rests no longer than this at once, whatever Retry-After says: a wrong one would let it rest
 * for years.
 */
export const REST_MS_MAX = 300_000;

/** A reading was not confirmed by the server; the message says why. */
export class NotDelivered extends Error {
  override name = "NotDelivered";
}

const STOPPED = "The sending was stopped.";

export interface SenderSettings {
  readonly connection: Connection;
  /** How long to go on without a success before giving up. */
  readonly giveUpAfterMs: number;
  readonly requestTimeoutMs: number;
  readonly random: () => number;
  readonly halt: Pick<Halt, "begun" | "ended">;
  /** Called before each retry, with what went wrong as the end of a sentence. */
  readonly onRetry: (reason: string) => void;
  readonly onDelivered: () => void;
}

/**
 * Makes the function that delivers one reading, and tries again for as long as there is hope. Sending again is safe:
 * the server keeps one reading a time, so one whose answer was lost is not doubled.
 *
 * The function may run many times at once; the readings under way share what they learn of the server.
 *
 * @throws NotDelivered (from the function) when the server refuses, when it stayed silent for too long, or on a halt
 */
export function createSender(settings: SenderSettings): (reading: WireReading) => Promise<void> {
  const post = createPost(settings);
  let failingSinceMs: number | undefined;
  let serverWantsRestUntilMs = 0;

  return async (reading) => {
    const body = encodeWireBody(reading);
    for (let attempt = 0; ; attempt++) {
      await pause(serverWantsRestUntilMs - performance.now(), settings.halt.begun);
      if (settings.halt.begun.aborted) throw new NotDelivered(STOPPED);
      const startedAtMs = performance.now();
      const verdict = await post(body);
      if (verdict.kind === "delivered") {
        failingSinceMs = undefined;
        return settings.onDelivered();
      }
      if (verdict.kind === "refused") throw new NotDelivered(verdict.message);
      if (settings.halt.begun.aborted) throw new NotDelivered(STOPPED);

      // Counted from the first failure after a success: between two readings of a replay there may be an hour.
      failingSinceMs ??= startedAtMs;
      const nowMs = performance.now();
      const hopeMs = failingSinceMs + settings.giveUpAfterMs - nowMs;
      const askedRestMs = verdict.retryAfterMs ?? 0;
      const restMs = hopeMs === Number.POSITIVE_INFINITY ? Math.min(askedRestMs, REST_MS_MAX) : askedRestMs;
      if (hopeMs <= 0) {
        const limit = `${settings.giveUpAfterMs / 1000} s without success`;
        throw new NotDelivered(`Gave up after ${limit}: ${verdict.reason} (see --give-up-after).`);
      }
      if (restMs > hopeMs) {
        const rest = `asks us to wait ${inSeconds(restMs)}, longer than --give-up-after allows`;
        throw new NotDelivered(`Gave up: ${verdict.reason} and ${rest}.`);
      }
      serverWantsRestUntilMs = Math.max(serverWantsRestUntilMs, nowMs + restMs);
      settings.onRetry(restMs === 0 ? verdict.reason : `${verdict.reason}, resting ${inSeconds(restMs)}`);
      await pause(
        restMs + Math.min(backoffDelayMs(attempt, settings.random), hopeMs - restMs),
        settings.halt.begun,
      );
    }
  };
}

function inSeconds(durationMs: number): string {
  return `${Math.ceil(durationMs / 1000)} s`;
}

/** Makes the function that sends one body once. It never throws: what goes wrong on the way is a reason to retry. */
function createPost(settings: SenderSettings): (body: string) => Promise<Verdict> {
  const { baseUrl, token } = settings.connection;
  const url = apiAddress(baseUrl, "api/v1/data");
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const { ended } = settings.halt;
  return async (body) => {
    const request = new AbortController();
    const cut = () => request.abort();
    const timer = setTimeout(cut, settings.requestTimeoutMs);
    ended.addEventListener("abort", cut);
    if (ended.aborted) cut();
    try {
      const { signal } = request;
      const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
      return judgeAnswer(await readAnswer(response), Date.now());
    } catch (error) {
      return {
        kind: "retry",
        reason: request.signal.aborted ? "the server does not answer" : describeConnectionFault(error),
      };
    } finally {
      clearTimeout(timer);
      ended.removeEventListener("abort", cut);
    }
  };
}
