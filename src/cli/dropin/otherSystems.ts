import { AUTHORITY_NAME } from "../../certificates/authority.ts";
import {
  HOSTS_FILE,
  hasOurLines,
  leadsHere,
  linesToAdd,
  MARK,
  readHosts,
  withoutOurLines,
} from "./hostsFile.ts";
import { quoted, type Step } from "./step.ts";

/** Where macOS keeps what every user trusts. */
const KEYCHAIN = "/Library/Keychains/System.keychain";

/** From the port that apps ask for to the one on which the server listens. */
const MAC_PORTS = [
  [443, 4443],
  [80, 4480],
] as const;

const LOOPBACK = { inet: "127.0.0.1", inet6: "::1" } as const;

const MAC_FLUSH = ["sudo dscacheutil -flushcache", "sudo killall -HUP mDNSResponder"];

/** What is pasted into a terminal of macOS. Its ports below 1024 need root on a loopback address: a rule leads past that. */
export function macStepsToOn(authorityFile: string): readonly Step[] {
  const rules = Object.entries(LOOPBACK).flatMap(([family, address]) =>
    MAC_PORTS.map(
      ([from, to]) =>
        `rdr pass on lo0 ${family} proto tcp from any to ${address} port ${from} -> ${address} port ${to}`,
    ),
  );
  return [
    byHand("Trust the authority in the system", [
      `sudo security add-trusted-cert -d -r trustRoot -p ssl -k ${KEYCHAIN} ${quoted(authorityFile)}`,
    ]),
    byHand(
      "Lead ports 443 and 80 of this machine's own addresses to ports that need no root (until it restarts)",
      [`sudo pfctl -a com.apple/heartwire -Ef - <<'RULES'\n${rules.join("\n")}\nRULES`],
    ),
    byHand("Start the server with those ports", [
      `HEARTWIRE_DROPIN_PORTS=${MAC_PORTS.map(([, to]) => to).join(",")} npm start`,
    ]),
    ...(leadsHere(readHosts())
      ? []
      : [
          byHand("Lead Pulsoid's hosts to this machine", [
            ...macRemoval(),
            `sudo tee -a ${HOSTS_FILE} > /dev/null <<'HOSTS'\n${linesToAdd(withoutOurLines(readHosts()))}HOSTS`,
            ...MAC_FLUSH,
          ]),
        ]),
  ];
}

export function macStepsToOff(): readonly Step[] {
  return [
    ...(hasOurLines(readHosts())
      ? [byHand("Lead Pulsoid's hosts to Pulsoid again", [...macRemoval(), ...MAC_FLUSH])]
      : []),
    byHand("Take the authority out of the system's trust, and earlier ones with it", [
      `while sudo security delete-certificate -c ${quoted(AUTHORITY_NAME)} -t ${KEYCHAIN}; do :; done`,
    ]),
    byHand("Lead ports 443 and 80 nowhere", ["sudo pfctl -a com.apple/heartwire -F all"]),
  ];
}

function macRemoval(): readonly string[] {
  return hasOurLines(readHosts()) ? [`sudo sed -i '' '/${MARK}/d' ${HOSTS_FILE}`] : [];
}

const WINDOWS_HOSTS = '"$env:SystemRoot\\System32\\drivers\\etc\\hosts"';

/** Latin 1 makes a character of every byte, so that what is not ours stays as it is. */
const BYTES = "[Text.Encoding]::GetEncoding(28591)";

/** What is pasted into a PowerShell that runs as administrator. */
export function windowsStepsToOn(authorityFile: string): readonly Step[] {
  const lines = linesToAdd(withoutOurLines(readHosts())).replaceAll("\n", "`r`n");
  return [
    byHand("Trust the authority in the system", [`certutil.exe -addstore -f Root "${authorityFile}"`]),
    ...(leadsHere(readHosts())
      ? []
      : [
          byHand("Lead Pulsoid's hosts to this machine", [
            ...(hasOurLines(readHosts()) ? [windowsRemoval()] : []),
            `[IO.File]::AppendAllText(${WINDOWS_HOSTS}, "${lines}", ${BYTES})`,
            "ipconfig.exe /flushdns",
          ]),
        ]),
  ];
}

export function windowsStepsToOff(): readonly Step[] {
  return [
    ...(hasOurLines(readHosts())
      ? [byHand("Lead Pulsoid's hosts to Pulsoid again", [windowsRemoval(), "ipconfig.exe /flushdns"])]
      : []),
    byHand("Take the authority out of the system's trust, and earlier ones with it", [
      `Get-ChildItem Cert:\\LocalMachine\\Root | Where-Object Subject -like '*CN=${AUTHORITY_NAME}*' | Remove-Item`,
    ]),
  ];
}

function windowsRemoval(): string {
  const text = `[IO.File]::ReadAllText(${WINDOWS_HOSTS}, ${BYTES})`;
  return `[IO.File]::WriteAllText(${WINDOWS_HOSTS}, (${text} -replace '(?m)^.*${MARK}.*\\r?\\n', ''), ${BYTES})`;
}

function byHand(does: string, lines: readonly string[]): Step {
  return { does, needsRoot: true, lines: () => lines };
}
