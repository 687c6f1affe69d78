import { join } from "node:path";
import { CommandFailure } from "../../src/cli/failure.ts";
import { runWrk } from "../load/wrk.ts";
import { programVersion } from "../machine.ts";
import { answers, PinnedProcess, SERVER_CORE } from "../pinnedProcess.ts";
import { historicReadings, populationFingerprint } from "../population.ts";
import { freePort } from "../workspace.ts";
import type { Contender } from "./contender.ts";

/** A write is answered after the fsync of the write-ahead log; nothing is logged and nothing monitors itself. */
const configuration = (folder: string, port: number): string => `
reporting-disabled = true
bind-address = "127.0.0.1:${freePort()}"
[meta]
  dir = "${join(folder, "meta")}"
[data]
  dir = "${join(folder, "data")}"
  wal-dir = "${join(folder, "wal")}"
  wal-fsync-delay = "0s"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
[logging]
  level = "error"
`;

async function startServer(folder: string): Promise<{ process: PinnedProcess; url: string }> {
  const port = freePort();
  const file = join(folder, "influxdb.conf");
  await Bun.write(file, configuration(folder, port));
  const process = new PinnedProcess({
    command: ["influxd", "run", "-config", file],
    core: SERVER_CORE,
    folder,
    // With one thread to run on, an fsync would stall the whole server.
    environment: { GOMAXPROCS: "4" },
    logFile: join(folder, "log"),
  });
  const url = `http://127.0.0.1:${port}`;
  await process.ready(answers(`${url}/ping`));
  return { process, url };
}

async function post(url: string, body: string): Promise<void> {
  const answer = await fetch(url, { method: "POST", body });
  if (!answer.ok) throw new CommandFailure(`InfluxDB refused: ${await answer.text()}`);
}

/** InfluxDB 1.x, one point a request, fsync before the answer. */
export const influxdb: Contender = {
  key: "influxdb",
  title: "(e) InfluxDB write",
  promise: "on disk",
  version: () => programVersion(["influxd", "version"], /InfluxDB v?(\S+)/),
  fingerprint: populationFingerprint,
  async prepare(folder) {
    const { process, url } = await startServer(folder);
    await post(`${url}/query?q=${encodeURIComponent("CREATE DATABASE bench")}`, "");
    for (const batch of historicReadings()) {
      const lines = batch.map(
        (one) => `heart_rate,user=${one.profile - 1} bpm=${one.bpm}i ${one.measuredAt}\n`,
      );
      await post(`${url}/write?db=bench&precision=ms`, lines.join(""));
    }
    await process.stop();
  },
  async start(folder, tokenFile) {
    const { process, url } = await startServer(folder);
    return { process, load: (round) => runWrk({ ...round, url, shape: "influx", tokenFile }) };
  },
};
