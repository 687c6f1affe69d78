import { join } from "node:path";
import { CommandFailure } from "../../src/cli/failure.ts";
import { runRedisBenchmark } from "../load/redisBenchmark.ts";
import { programVersion } from "../machine.ts";
import { PinnedProcess, SERVER_CORE } from "../pinnedProcess.ts";
import { HISTORIC_READINGS, populationFingerprint, USERS } from "../population.ts";
import { freePort } from "../workspace.ts";
import type { Contender } from "./contender.ts";

/** redis-benchmark runs by count, not by time: the first load is of this many, the next of as many as that rate says. */
const FIRST_REQUESTS = 20_000;

async function startServer(folder: string): Promise<{ process: PinnedProcess; port: number }> {
  const port = freePort();
  const process = new PinnedProcess({
    command: [
      ...["redis-server", "--bind", "127.0.0.1", "--port", `${port}`, "--dir", folder],
      ...["--appendonly", "yes", "--appendfsync", "always", "--save", ""],
      // Rewriting its log in the background would compete for the one core.
      ...["--auto-aof-rewrite-percentage", "0"],
    ],
    core: SERVER_CORE,
    folder,
    logFile: join(folder, "log"),
  });
  const ping = ["redis-cli", "-h", "127.0.0.1", "-p", `${port}`, "ping"];
  await process.ready(async () => Bun.spawnSync(ping).stdout.toString().trim() === "PONG");
  return { process, port };
}

/** Redis, a stream a user, fsync before the answer, over its own protocol. */
export const redis: Contender = {
  key: "redis",
  title: "(f) Redis XADD",
  promise: "on disk",
  version: () =>
    Bun.which("redis-benchmark") === null
      ? undefined
      : programVersion(["redis-server", "--version"], /v=(\S+)/),
  fingerprint: populationFingerprint,
  async prepare(folder) {
    const { process, port } = await startServer(folder);
    const target = ["-h", "127.0.0.1", "-p", `${port}`, "-q", "-P", "512", "-r", `${USERS}`];
    const append = ["XADD", "user:__rand_int__", "*", "bpm", "75"];
    const fill = Bun.spawn(["redis-benchmark", ...target, "-n", `${HISTORIC_READINGS}`, ...append], {
      stdout: "ignore",
      stderr: "ignore",
    });
    if ((await fill.exited) !== 0) throw new CommandFailure("redis-benchmark could not fill Redis.");
    await process.stop();
  },
  async start(folder) {
    const { process, port } = await startServer(folder);
    let requestsPerSecond: number | undefined;
    return {
      process,
      async load({ connections, seconds }) {
        const requests =
          requestsPerSecond === undefined ? FIRST_REQUESTS : Math.round(seconds * requestsPerSecond);
        const result = await runRedisBenchmark({ port, keys: USERS, connections, requests });
        requestsPerSecond = result.requestsPerSecond;
        return result;
      },
    };
  },
};
