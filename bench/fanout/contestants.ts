import { join } from "node:path";
import { answers, PinnedProcess, SERVER_CORE } from "../pinnedProcess.ts";
import { populationFolder } from "../population.ts";
import { copyPrepared } from "../prepared.ts";
import { startHeartwire } from "../servers/ours.ts";
import { checkout, freePort, throwAwayFolder } from "../workspace.ts";

export type ContestantKey = "bare" | "ours";

export interface RunningContestant {
  readonly process: PinnedProcess;
  readonly url: string;
  readonly folder: string;
}

/** A server that takes writes and sends them to who listens. */
export interface Contestant {
  readonly key: ContestantKey;
  readonly title: string;
  start(): Promise<RunningContestant>;
}

/** The yardstick and ours: both say the same frames to the same crowd. */
export const CONTESTANTS: readonly Contestant[] = [
  {
    key: "bare",
    title: "(a) bare Bun.serve",
    async start() {
      const folder = throwAwayFolder("fanout-bare");
      const port = freePort();
      const process_ = new PinnedProcess({
        command: [process.execPath, join(import.meta.dir, "bareProgram.ts"), `${port}`],
        core: SERVER_CORE,
        folder: checkout,
        logFile: join(folder, "log"),
      });
      const url = `http://127.0.0.1:${port}`;
      await process_.ready(answers(`${url}/health/ready`));
      return { process: process_, url, folder };
    },
  },
  {
    key: "ours",
    title: "(b) Heartwire",
    async start() {
      const folder = throwAwayFolder("fanout-ours");
      copyPrepared(await populationFolder(), folder);
      return { ...(await startHeartwire(folder)), folder };
    },
  },
];
