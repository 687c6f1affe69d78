import {
  authorityFile,
  isAnythingPrepared,
  preparedFolder,
  removePrepared,
} from "../../certificates/dropinFolder.ts";
import { dataFoldersIn, readHosts } from "./hostsFile.ts";
import { linuxStepsToOff, linuxStepsToOn } from "./linuxSteps.ts";
import { macStepsToOff, macStepsToOn, windowsStepsToOff, windowsStepsToOn } from "./otherSystems.ts";
import { quoted, type Step } from "./step.ts";

/**
 * What is still to be done so that this machine leads Pulsoid's hosts to its own server, in the order in which it is
 * safe: apps are led here when they trust what they meet.
 *
 * @param authority the one to trust, as PEM; undefined when it is only going to be made
 */
export function stepsToOn(dataFolder: string, authority: string | undefined): readonly Step[] {
  const prepared = { dataFolder, authorityFile: authorityFile(dataFolder) };
  switch (process.platform) {
    case "darwin":
      return macStepsToOn(prepared, readHosts());
    case "win32":
      return windowsStepsToOn(prepared, readHosts());
    default:
      return linuxStepsToOn(dataFolder, authority);
  }
}

/**
 * What is still to be done so that nothing of it is left, in the order in which it is safe.
 *
 * @param dataFolder is looked into beside those that the hosts file names
 */
export function stepsToOff(dataFolder: string): readonly Step[] {
  const folders = new Set([dataFolder, ...dataFoldersIn(readHosts())]);
  return [...systemStepsToOff(), ...[...folders].filter(isAnythingPrepared).map(forgetStep)];
}

function systemStepsToOff(): readonly Step[] {
  switch (process.platform) {
    case "darwin":
      return macStepsToOff(readHosts());
    case "win32":
      return windowsStepsToOff(readHosts());
    default:
      return linuxStepsToOff();
  }
}

function forgetStep(dataFolder: string): Step {
  return {
    does: `Delete the certificate and its key (${preparedFolder(dataFolder)})`,
    needsRoot: false,
    lines: () => [`rm -r ${quoted(preparedFolder(dataFolder))}`],
    perform: () => removePrepared(dataFolder),
  };
}
