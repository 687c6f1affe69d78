import { describe, expect } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PULSOID_HOSTS } from "../../../src/domain/pulsoidHosts.ts";
import { findBrowser } from "../../support/browser.ts";
import { KeptAuthority } from "../../support/keptAuthority.ts";
import { ANNA, type PrivateMachine } from "../../support/privateMachine.ts";
import { hasProgram } from "../../support/programs.ts";
import { throwAwayFolder } from "../../support/server.ts";
import { dropin, makeBrowserDatabase, makeToken, onMachine, settled } from "./dropinMachine.ts";

const AUTHORITY = "/usr/local/share/ca-certificates/heartwire-dropin.crt";

/** Listens, sends a reading when it listens, and prints the frame that comes. */
const SOCKET_PROGRAM = `
  const [address, token] = process.argv.slice(1);
  const socket = new WebSocket(address + "?access_token=" + token);
  socket.onmessage = ({ data }) => { console.log(data); process.exit(0); };
  socket.onerror = () => { console.log("refused"); process.exit(1); };
  socket.onopen = () => fetch("https://dev.pulsoid.net/api/v1/data", {
    method: "POST",
    headers: { authorization: "Bearer " + token },
    body: JSON.stringify({ measured_at: 1625310655000 + Math.floor(Math.random() * 1e6), data: { heart_rate: 71 } }),
  });
`;

async function prepared(machine: PrivateMachine, work: (token: string) => Promise<void>): Promise<void> {
  const token = await makeToken(machine);
  await makeBrowserDatabase(machine, `${ANNA.home}/.pki/nssdb`);
  await dropin(machine, "on");
  await using _server = await machine.serve();
  await settled(machine);
  await work(token);
}

describe("an app with Pulsoid's hosts built in", () => {
  onMachine("writes over https and hears over wss and plain ws", (machine) =>
    prepared(machine, async (token) => {
      const environment = { NODE_EXTRA_CA_CERTS: AUTHORITY };
      for (const origin of ["wss://dev.pulsoid.net", "wss://pulsoid.net", "ws://ramiel.pulsoid.net"]) {
        const words = [process.execPath, "-e", SOCKET_PROGRAM, `${origin}/api/v1/data/real_time`, token];
        const { stdout } = await machine.run(words, { environment });
        expect(stdout).toMatch(/^\{"measured_at":\d{13},"data":\{"heart_rate":71\}\}\n$/);
      }
    }),
  );

  const node = hasProgram("node", "nodejs") ? (Bun.which("node") as string) : undefined;
  onMachine(
    "on Node does not look at the system's trust until it is told to, as docs/dropin.md says",
    (machine) =>
      prepared(machine, async () => {
        if (node === undefined) return;
        const program =
          "fetch('https://dev.pulsoid.net/health/live').then(async (a) => console.log(await a.text()), (e) => console.log(e.cause.code))";
        const ask = (environment: Record<string, string>) =>
          machine.run([node, "-e", program], { environment });
        expect((await ask({})).stdout).toMatch(/^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*)\n$/);
        expect((await ask({ NODE_EXTRA_CA_CERTS: AUTHORITY })).stdout).toBe('{"status":"live"}\n');
      }),
  );

  onMachine("on Python's own ssl trusts what the system trusts", (machine) =>
    prepared(machine, async () => {
      if (!hasProgram("python3", "python3")) return;
      const program =
        "import urllib.request as u; print(u.urlopen('https://stromno.com/health/live').read().decode())";
      expect((await machine.run(["python3", "-c", program])).stdout).toBe('{"status":"live"}\n');
    }),
  );
});

describe("Chromium", () => {
  const browser = findBrowser();

  /** What the page at an address has become, as a user's browser without a window has it. */
  async function open(machine: PrivateMachine, address: string): Promise<string> {
    const words = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      `--user-data-dir=${ANNA.home}/profile`,
      "--dump-dom",
    ];
    const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
    return (await machine.run([browser as string, ...words, ...quiet, address], { as: ANNA })).stdout;
  }

  onMachine("trusts the hosts, and is led from a page of Pulsoid's to this server's own address", (machine) =>
    prepared(machine, async () => {
      if (browser === undefined) return;
      expect(await open(machine, "https://dev.pulsoid.net/health/live")).toContain('{"status":"live"}');
      const page = await open(machine, "https://pulsoid.net/ui/keys");
      expect(page).toContain("Heartwire");
    }),
  );

  onMachine("holds the authority to Pulsoid's hosts, even if somebody had its key", (machine) =>
    prepared(machine, async () => {
      if (browser === undefined) return;
      const authority = await KeptAuthority.make(PULSOID_HOSTS);
      const folder = throwAwayFolder();
      writeFileSync(join(folder, "authority.pem"), authority.certificate);
      await machine.shell(`chmod 755 ${folder}; echo '127.0.0.1 evil.example' >> /etc/hosts`);
      const trust = `certutil -A -a -n kept -t C,, -d sql:${ANNA.home}/.pki/nssdb -f /dev/null < ${folder}/authority.pem`;
      await machine.shell(trust, { as: ANNA });
      const shown = async (host: string) => {
        const { certificate, key } = await authority.issueFor([host]);
        writeFileSync(join(folder, "server.pem"), certificate + key);
        const server = Bun.spawn(
          [
            ...machine.inside([
              "openssl",
              "s_server",
              "-accept",
              "8443",
              "-cert",
              `${folder}/server.pem`,
              "-www",
              "-quiet",
            ]),
          ],
          { stdout: "ignore", stderr: "ignore" },
        );
        await settled(machine, { port: 8443 });
        const page = await open(machine, `https://${host}:8443/`);
        server.kill();
        await server.exited;
        return page.includes("s_server");
      };
      expect({ pulsoid: await shown("dev.pulsoid.net"), evil: await shown("evil.example") }).toEqual({
        pulsoid: true,
        evil: false,
      });
      rmSync(folder, { recursive: true });
    }),
  );

  onMachine("trusts them no more when it is off", (machine) =>
    prepared(machine, async () => {
      if (browser === undefined) return;
      await machine.shell("cp /mnt/data/dropin/server.pem /mnt/server.pem && cp /etc/hosts /mnt/hosts");
      await dropin(machine, "off");
      await settled(machine, { open: false });
      // Somebody who kept the key and leads the hosts there himself.
      await machine.shell("cat /mnt/hosts > /etc/hosts");
      const impostor = Bun.spawn(
        [
          ...machine.inside([
            "openssl",
            "s_server",
            "-accept",
            "443",
            "-cert",
            "/mnt/server.pem",
            "-key",
            "/mnt/server.pem",
            "-www",
          ]),
        ],
        { stdout: "ignore", stderr: "ignore" },
      );
      await settled(machine);
      const page = await open(machine, "https://dev.pulsoid.net/");
      impostor.kill();
      await impostor.exited;
      expect(page).not.toContain("s_server");
    }),
  );
});
