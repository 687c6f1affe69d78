import { AUTHORITY_NAME } from "../../certificates/authorityName.ts";
import { hasOurLines, leadsHereFrom, linesToAdd, MARK } from "./hostsFile.ts";
import { quoted, type Step } from "./step.ts";

/** Where macOS keeps what every user trusts. */
const KEYCHAIN = "/Library/Keychains/System.keychain";

/** From the port that apps ask for to the one on which the server listens. */
const MAC_PORTS = [
  [443, 4443],
  [80, 4480],
] as const;

const LOOPBACK = { inet: "127.0.0.1", inet6: "::1" } as const;

const MAC_HOSTS = "/etc/hosts";
const MAC_FLUSH = ["sudo dscacheutil -flushcache", "sudo killall -HUP mDNSResponder"];

const LEAD_HERE = "Lead Pulsoid's hosts to this machine";
const LEAD_AWAY = "Lead Pulsoid's hosts to Pulsoid again";
const TRUST = "Trust the authority in the system";
const DISTRUST = "Take the authority out of the system's trust, and earlier ones with it";

/** What was prepared, and where. */
export interface PreparedFiles {
  readonly dataFolder: string;
  readonly authorityFile: string;
}

/**
 * What is pasted into a terminal of macOS. There only root may listen on a port below 1024 of a loopback address, so a
 * rule of the firewall leads those two ports to others.
 *
 * @param hosts the text of the hosts file
 */
export function macStepsToOn({ authorityFile, dataFolder }: PreparedFiles, hosts: string): readonly Step[] {
  const rules = Object.entries(LOOPBACK).flatMap(([family, address]) =>
    MAC_PORTS.map(
      ([from, to]) =>
        `rdr pass on lo0 ${family} proto tcp from any to ${address} port ${from} -> ${address} port ${to}`,
    ),
  );
  const add = `sudo tee -a ${MAC_HOSTS} > /dev/null <<'HOSTS'\n${linesToAdd(hosts, dataFolder)}HOSTS`;
  return [
    byHand(TRUST, [
      `sudo security add-trusted-cert -d -r trustRoot -p ssl -k ${KEYCHAIN} ${quoted(authorityFile)}`,
    ]),
    byHand("Lead ports 443 and 80 of loopback to ports that need no root, until the machine restarts", [
      `sudo pfctl -a com.apple/heartwire -Ef - <<'RULES'\n${rules.join("\n")}\nRULES`,
    ]),
    byHand("Start the server with those ports", [
      `HEARTWIRE_DROPIN_PORTS=${MAC_PORTS.map(([, to]) => to).join(",")} npm start`,
    ]),
    ...(leadsHereFrom(hosts, dataFolder)
      ? []
      : [byHand(LEAD_HERE, [...macRemoval(hosts), add, ...MAC_FLUSH])]),
  ];
}

/** @param hosts the text of the hosts file */
export function macStepsToOff(hosts: string): readonly Step[] {
  return [
    ...(hasOurLines(hosts) ? [byHand(LEAD_AWAY, [...macRemoval(hosts), ...MAC_FLUSH])] : []),
    byHand(DISTRUST, [
      `while sudo security delete-certificate -c ${quoted(AUTHORITY_NAME)} -t ${KEYCHAIN}; do :; done`,
    ]),
    byHand("Lead ports 443 and 80 nowhere", ["sudo pfctl -a com.apple/heartwire -F all"]),
  ];
}

function macRemoval(hosts: string): readonly string[] {
  return hasOurLines(hosts) ? [`sudo sed -i '' '/${MARK}/d' ${MAC_HOSTS}`] : [];
}

const WINDOWS_HOSTS = '"$env:SystemRoot\\System32\\drivers\\etc\\hosts"';

/** Latin 1 makes a character of every byte, so that what is not ours stays as it is. */
const BYTES = "[Text.Encoding]::GetEncoding(28591)";

const WINDOWS_FLUSH = "ipconfig.exe /flushdns";

/** What is pasted into a PowerShell that runs as administrator. @param hosts the text of the hosts file */
export function windowsStepsToOn(
  { authorityFile, dataFolder }: PreparedFiles,
  hosts: string,
): readonly Step[] {
  const lines = linesToAdd(hosts, dataFolder).replaceAll("\n", "`r`n");
  const add = `[IO.File]::AppendAllText(${WINDOWS_HOSTS}, "${lines}", ${BYTES})`;
  return [
    byHand(TRUST, [`certutil.exe -addstore -f Root "${authorityFile}"`]),
    ...(leadsHereFrom(hosts, dataFolder)
      ? []
      : [byHand(LEAD_HERE, [...windowsRemoval(hosts), add, WINDOWS_FLUSH])]),
  ];
}

/** @param hosts the text of the hosts file */
export function windowsStepsToOff(hosts: string): readonly Step[] {
  return [
    ...(hasOurLines(hosts) ? [byHand(LEAD_AWAY, [...windowsRemoval(hosts), WINDOWS_FLUSH])] : []),
    byHand(DISTRUST, [
      `Get-ChildItem Cert:\\LocalMachine\\Root | Where-Object Subject -like '*CN=${AUTHORITY_NAME}*' | Remove-Item`,
    ]),
  ];
}

function windowsRemoval(hosts: string): readonly string[] {
  const text = `[IO.File]::ReadAllText(${WINDOWS_HOSTS}, ${BYTES})`;
  const kept = `(${text} -replace '(?m)^.*${MARK}.*\\r?\\n', '')`;
  return hasOurLines(hosts) ? [`[IO.File]::WriteAllText(${WINDOWS_HOSTS}, ${kept}, ${BYTES})`] : [];
}

function byHand(does: string, lines: readonly string[]): Step {
  return { does, needsRoot: true, lines: () => lines };
}
