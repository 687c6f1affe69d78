import type { Random } from "../../../src/domain/random.ts";
import { write } from "../server.ts";
import type { Ledger, SentReading } from "./ledger.ts";

export interface LoadOptions {
  readonly origin: string;
  readonly ledger: Ledger;
  /** The token of each user. */
  readonly tokens: ReadonlyMap<string, string>;
  readonly connections: number;
  readonly random: Random;
}

export interface Load {
  /** Answers other than 200, by status. */
  readonly refusals: ReadonlyMap<number, number>;
  /** Starts no further request, and waits until those under way are answered or have failed. */
  stop(): Promise<void>;
}

/** A request that takes longer than this hangs. */
const ANSWER_MS_MAX = 60_000;

/** The share of requests that send an answered reading again, with another heart rate: the first must stay. */
const REPEATED_SHARE = 0.05;

/**
 * Writes readings over many connections at once, until it is stopped or the server is gone. First it sends again
 * what was never answered before, as a sender does after its server came back.
 */
export function startLoad({ origin, ledger, tokens, connections, random }: LoadOptions): Load {
  const refusals = new Map<number, number>();
  const unanswered = ledger.unanswered();
  let stopping = false;

  const send = async (reading: SentReading, bpm: number) => {
    const answer = write(origin, tokens.get(reading.user) as string, reading.measuredAt, bpm);
    const response = await withinPatience(answer);
    if (response.status === 200) ledger.answer(reading);
    else refusals.set(response.status, (refusals.get(response.status) ?? 0) + 1);
    await response.text();
  };
  const next = async () => {
    const repeated = random() < REPEATED_SHARE ? ledger.anyAnswered(random()) : undefined;
    if (repeated !== undefined) return send(repeated, repeated.bpm + 1);
    const reading = unanswered.pop() ?? ledger.make(random());
    return send(reading, reading.bpm);
  };
  const connection = async () => {
    while (!stopping) {
      try {
        await next();
      } catch (error) {
        if (error instanceof Hang) throw error;
        return; // The server is gone, and with it the answer.
      }
    }
  };
  const running = Promise.all(Array.from({ length: connections }, connection));
  running.catch(() => {});
  return {
    refusals,
    async stop() {
      stopping = true;
      await running;
    },
  };
}

class Hang extends Error {
  override message = `a request was not answered within ${ANSWER_MS_MAX} ms`;
}

async function withinPatience<Value>(promise: Promise<Value>): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Hang()), ANSWER_MS_MAX);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
