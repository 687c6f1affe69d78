import { authorityFile } from "../../certificates/dropinFolder.ts";
import {
  browserDistrustStep,
  browserTrustStep,
  findBrowserDatabases,
  hasCertutil,
  trustInBrowser,
} from "./browserTrust.ts";
import {
  HOSTS_FILE,
  hasOurLines,
  leadsHereFrom,
  linesToAdd,
  readHosts,
  removalLines,
  withoutOurLines,
  writeHosts,
} from "./hostsFile.ts";
import { quoted, type Step } from "./step.ts";
import { distrustStep, findTrustStore, trustIn, trustStep } from "./systemTrust.ts";

/**
 * What is still to be done on Linux.
 *
 * @param authority the one to trust, as PEM; undefined when it is only going to be made
 */
export function linuxStepsToOn(dataFolder: string, authority: string | undefined): readonly Step[] {
  const store = findTrustStore();
  const trust = store === undefined ? "current" : trustIn(store, authority);
  const input = asInput(dataFolder, authority);
  const browsers = hasCertutil() ? findBrowserDatabases() : [];
  return [
    ...(store === undefined || trust === "current" ? [] : [trustStep(store, input, trust)]),
    ...browsers.flatMap((database) => {
      const held = trustInBrowser(database, authority);
      return held === "current" ? [] : [browserTrustStep(database, input, held)];
    }),
    ...(leadsHereFrom(readHosts(), dataFolder) ? [] : [leadHereStep(dataFolder)]),
  ];
}

/** How a line reads the authority: as it was checked, because the file is the server's, and may be another one by then. */
function asInput(dataFolder: string, authority: string | undefined): string {
  return authority === undefined
    ? `< ${quoted(authorityFile(dataFolder))}`
    : `<<'AUTHORITY'\n${authority}AUTHORITY`;
}

/** What is still to be undone on Linux. */
export function linuxStepsToOff(): readonly Step[] {
  const store = findTrustStore();
  return [
    ...(hasOurLines(readHosts()) ? [leadAwayStep()] : []),
    ...(store === undefined || trustIn(store, undefined) === "none" ? [] : [distrustStep(store)]),
    ...findBrowserDatabases()
      .filter((database) => trustInBrowser(database, undefined) !== "none")
      .map(browserDistrustStep),
  ];
}

function leadHereStep(dataFolder: string): Step {
  return {
    does: `Lead Pulsoid's hosts to this machine (${HOSTS_FILE})`,
    needsRoot: true,
    lines: (sudo) => {
      const text = readHosts();
      const added = linesToAdd(text, dataFolder);
      const removal = hasOurLines(text) ? removalLines(text, sudo) : [];
      return [...removal, `${sudo}tee -a ${HOSTS_FILE} > /dev/null <<'HOSTS'\n${added}HOSTS`];
    },
    perform: () => {
      const text = readHosts();
      writeHosts(`${withoutOurLines(text)}${linesToAdd(text, dataFolder)}`);
    },
  };
}

function leadAwayStep(): Step {
  return {
    does: `Lead Pulsoid's hosts to Pulsoid again (${HOSTS_FILE})`,
    needsRoot: true,
    lines: (sudo) => removalLines(readHosts(), sudo),
    perform: () => writeHosts(withoutOurLines(readHosts())),
  };
}
