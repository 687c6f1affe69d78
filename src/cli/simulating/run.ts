import { CommandFailure } from "../failure.ts";
import type { Halt } from "../sending/halt.ts";
import { createSender, NotDelivered, REQUEST_TIMEOUT_MS } from "../sending/sender.ts";
import { simulatedReadings } from "./hearts.ts";
import type { SimulationTally } from "./progress.ts";
import type { Timetable } from "./timetable.ts";

export interface SimulationRun {
  readonly baseUrl: URL;
  /** One for each user. */
  readonly tokens: readonly string[];
  readonly seed: number;
  readonly timetable: Timetable;
  readonly halt: Halt;
  readonly tally: SimulationTally;
}

/**
 * Sends every user's readings, each user's in order, until their time is over or a halt begins. While the server is away
 * the readings wait for it, as long as it takes; none is left out.
 *
 * @throws CommandFailure when the server refuses a reading or a token; the other users are then stopped too
 */
export async function sendHearts(settings: SimulationRun): Promise<void> {
  const startedAtMs = performance.now();
  const failures: unknown[] = [];
  const users = settings.tokens.map(async (token, user) => {
    try {
      await sendHeart(settings, token, user, startedAtMs);
    } catch (error) {
      if (!settings.halt.begun.aborted) failures.push(explain(error, user, settings.tokens.length));
      settings.halt.begin();
    }
  });
  await Promise.all(users);
  if (failures.length > 0) throw failures[0];
}

async function sendHeart(
  settings: SimulationRun,
  token: string,
  user: number,
  startedAtMs: number,
): Promise<void> {
  const { baseUrl, seed, timetable, halt, tally } = settings;
  const send = createSender({
    connection: { baseUrl, token },
    giveUpAfterMs: Number.POSITIVE_INFINITY,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    random: Math.random,
    halt,
    onRetry(reason) {
      tally.errors += 1;
      tally.trouble = reason;
    },
    onDelivered() {
      tally.sent += 1;
      tally.trouble = undefined;
    },
  });
  for await (const reading of simulatedReadings(seed, user, timetable, startedAtMs, halt.begun)) {
    if (user === 0) tally.bpm = reading.heartRate;
    await send(reading);
  }
}

function explain(error: unknown, user: number, users: number): unknown {
  if (!(error instanceof NotDelivered)) return error;
  return new CommandFailure(users === 1 ? error.message : `User ${user + 1} of ${users}: ${error.message}`);
}
