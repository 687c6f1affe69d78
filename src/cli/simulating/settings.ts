import type { ConnectionOptions } from "../connection.ts";
import { UsageError } from "../failure.ts";
import { readNumber, readWhole } from "../numberOption.ts";
import type { Speed } from "../sending/replay.ts";

/** The options of `heartwire simulate`, as they were typed. */
export interface SimulateOptions extends ConnectionOptions {
  readonly seed?: string;
  readonly speed?: string;
  readonly duration?: string;
  readonly users?: string;
  readonly print?: boolean;
  readonly data?: string;
}

export interface Simulation {
  readonly seed: number;
  readonly speed: Speed;
  /** Undefined: without end. */
  readonly durationMs: number | undefined;
  /** Undefined: as many as there are tokens, or one. */
  readonly users: number | undefined;
}

export const SEED_MAX = 2 ** 32 - 1;

/** Faster, and neighbouring readings would fall into one millisecond, which makes them one reading. */
export const SIMULATION_SPEED_MAX = 500;
export const SIMULATION_SPEED_MIN = 0.01;

/** A year of one heart is 31 million readings. */
export const DURATION_SECONDS_MAX = 366 * 86_400;

/** Each user is a sender of their own; Bun keeps 256 requests under way at once. */
export const SIMULATED_USERS_MAX = 1_000;

/** @throws UsageError when an option is out of its bounds or does not go with another */
export function readSimulation(options: SimulateOptions, random: () => number): Simulation {
  const { seed, duration, users, print } = options;
  const durationMs =
    duration === undefined
      ? undefined
      : Math.round(readNumber("--duration", duration, 1, DURATION_SECONDS_MAX) * 1000);
  const speed = options.speed ?? (print && durationMs !== undefined ? "max" : "1");
  if (speed === "max" && durationMs === undefined) {
    throw new UsageError("--speed max: say how much to simulate with --duration, such as --duration 3600.");
  }
  if (print && users !== undefined && users !== "1") {
    throw new UsageError(
      "--print writes one heart: a printed reading does not say whose it is. Leave --users out.",
    );
  }
  return {
    seed: seed === undefined ? Math.floor(random() * 1_000_000) : readWhole("--seed", seed, 0, SEED_MAX),
    speed:
      speed === "max"
        ? "max"
        : readNumber("--speed", speed, SIMULATION_SPEED_MIN, SIMULATION_SPEED_MAX, ", or max"),
    durationMs,
    users: users === undefined ? undefined : readWhole("--users", users, 1, SIMULATED_USERS_MAX),
  };
}
