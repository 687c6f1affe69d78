import { join } from "node:path";
import { CommandFailure } from "../../src/cli/failure.ts";
import { runWrk } from "../load/wrk.ts";
import { programVersion } from "../machine.ts";
import { answers, PinnedProcess, SERVER_CORE } from "../pinnedProcess.ts";
import { historicReadings, populationFingerprint } from "../population.ts";
import { freePort } from "../workspace.ts";
import type { Contender } from "./contender.ts";

async function startServer(folder: string): Promise<{ process: PinnedProcess; url: string }> {
  const port = freePort();
  const process = new PinnedProcess({
    command: [
      "victoria-metrics",
      `-httpListenAddr=127.0.0.1:${port}`,
      `-storageDataPath=${join(folder, "data")}`,
      "-loggerLevel=ERROR",
    ],
    core: SERVER_CORE,
    folder,
    // With one thread to run on, a flush to disk would stall the whole server.
    environment: { GOMAXPROCS: "4" },
    logFile: join(folder, "log"),
  });
  const url = `http://127.0.0.1:${port}`;
  await process.ready(answers(`${url}/health`));
  return { process, url };
}

/** VictoriaMetrics, one sample a request through its import endpoint: durable some seconds after the answer. */
export const victoriaMetrics: Contender = {
  key: "victoriaMetrics",
  title: "(d) VictoriaMetrics import",
  promise: "in memory; on disk a few seconds later",
  version: () =>
    Bun.which("victoria-metrics") === null
      ? undefined
      : programVersion(["dpkg-query", "-s", "victoria-metrics"], /^Version: (\S+)/m),
  fingerprint: populationFingerprint,
  async prepare(folder) {
    const { process, url } = await startServer(folder);
    for (const batch of historicReadings()) {
      const lines = batch.map(
        (one) => `heart_rate{user="${one.profile - 1}"} ${one.bpm} ${one.measuredAt}\n`,
      );
      const answer = await fetch(`${url}/api/v1/import/prometheus`, { method: "POST", body: lines.join("") });
      if (!answer.ok) throw new CommandFailure(`VictoriaMetrics refused readings: ${await answer.text()}`);
    }
    await process.stop();
  },
  async start(folder, tokenFile) {
    const { process, url } = await startServer(folder);
    return { process, load: (round) => runWrk({ ...round, url, shape: "prometheus", tokenFile }) };
  },
};
