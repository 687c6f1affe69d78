import { join } from "node:path";
import packageDescription from "../../package.json" with { type: "json" };
import { CommandFailure } from "../../src/cli/failure.ts";
import { runWrk } from "../load/wrk.ts";
import { countOwnReadings } from "../ownStore.ts";
import { answers, PinnedProcess, SERVER_CORE } from "../pinnedProcess.ts";
import { populationFingerprint, populationFolder, TOKEN_FILE } from "../population.ts";
import { copyPrepared, storageFingerprint } from "../prepared.ts";
import { checkout, freePort } from "../workspace.ts";
import type { Contender } from "./contender.ts";

/** Starts Heartwire as `npm run heartwire -- serve` does, on a data folder. */
export async function startHeartwire(folder: string): Promise<{ process: PinnedProcess; url: string }> {
  const port = freePort();
  const started = new PinnedProcess({
    command: [process.execPath, "src/cli/main.ts", "serve"],
    core: SERVER_CORE,
    folder: checkout,
    environment: { HEARTWIRE_PORT: `${port}`, HEARTWIRE_DATA: folder },
    logFile: join(folder, "server.log"),
  });
  const url = `http://127.0.0.1:${port}`;
  await started.ready(answers(`${url}/health/ready`));
  return { process: started, url };
}

/** Heartwire with its default settings: a reading is on disk before it is answered. */
export const ours: Contender = {
  key: "ours",
  title: "(b) Heartwire",
  promise: "on disk",
  version: () => packageDescription.version,
  async fingerprint() {
    // The store knows only the tokens that were made with it.
    const tokens = await Bun.file(join(await populationFolder(), TOKEN_FILE)).bytes();
    return `${populationFingerprint()} ${storageFingerprint()} ${Bun.SHA256.hash(tokens, "hex")}`;
  },
  async prepare(folder) {
    copyPrepared(await populationFolder(), folder);
    // A process of its own: when it has ended, every file is closed for certain and can be copied.
    const fill = Bun.spawn([process.execPath, join(import.meta.dir, "..", "fillProgram.ts"), folder], {
      stdout: "inherit",
      stderr: "inherit",
    });
    if ((await fill.exited) !== 0) throw new CommandFailure("Heartwire's store could not be filled.");
  },
  async start(folder, tokenFile) {
    const { process, url } = await startHeartwire(folder);
    return {
      process,
      load: (round) => runWrk({ ...round, url, shape: "pulsoid", tokenFile }),
      pulsoidUrl: url,
    };
  },
  count: countOwnReadings,
};
