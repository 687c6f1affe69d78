import type { LoadResult } from "../load/loadResult.ts";
import type { PinnedProcess } from "../pinnedProcess.ts";

/** How hard one round of load is. */
export interface RoundLoad {
  readonly connections: number;
  readonly seconds: number;
  readonly seed: number;
}

/** A contender that was started and takes load. */
export interface RunningServer {
  readonly process: PinnedProcess;
  load(round: RoundLoad): Promise<LoadResult>;
  /** Where the open-loop generator can send the same readings; only on servers that speak the Pulsoid wire. */
  readonly pulsoidUrl?: string;
}

export type ContenderKey = "bare" | "ours" | "nginx" | "victoriaMetrics" | "influxdb" | "redis";

/** One of the servers that are measured side by side. */
export interface Contender {
  readonly key: ContenderKey;
  readonly title: string;
  /** What it has done when it answers. */
  readonly promise: string;
  /** Its version; undefined when it is not installed. */
  version(): string | undefined;
  /** Changes when what {@link prepare} makes would be another; absent where nothing is prepared. */
  fingerprint?(): string | Promise<string>;
  /** Fills an empty folder with the readings that are there before the load; done once and copied to each round. */
  prepare?(folder: string): Promise<void>;
  /** Starts the server on its own copy of the prepared folder, for load with the tokens of that file. */
  start(folder: string, tokenFile: string): Promise<RunningServer>;
  /** How many readings a stopped server's folder holds, where that can be told. */
  count?(folder: string): Promise<number>;
}
