import { join } from "node:path";
import { runWrk } from "../load/wrk.ts";
import { answers, PinnedProcess, SERVER_CORE } from "../pinnedProcess.ts";
import { populationFolder } from "../population.ts";
import { copyPrepared } from "../prepared.ts";
import { checkout, freePort } from "../workspace.ts";
import type { Contender } from "./contender.ts";

/** The yardstick: what Bun needs to take, check and answer the same request. */
export const bare: Contender = {
  key: "bare",
  title: "(a) bare Bun.serve",
  promise: "token and body checked, nothing stored",
  version: () => Bun.version,
  async start(folder, tokenFile) {
    const port = freePort();
    copyPrepared(await populationFolder(), folder);
    const program = join(import.meta.dir, "bareProgram.ts");
    const process_ = new PinnedProcess({
      command: [process.execPath, program, `${port}`, join(folder, "control.db")],
      core: SERVER_CORE,
      folder: checkout,
      logFile: join(folder, "log"),
    });
    const url = `http://127.0.0.1:${port}`;
    await process_.ready(answers(`${url}/health/ready`));
    return {
      process: process_,
      load: (round) => runWrk({ ...round, url, shape: "pulsoid", tokenFile }),
      pulsoidUrl: url,
    };
  },
};
