import { describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { PULSOID_HOSTS } from "../../../src/domain/pulsoidHosts.ts";
import { ANNA, DATA, HOOK_LOG } from "../../support/privateMachine.ts";
import { throwAwayFolder } from "../../support/server.ts";
import { runHeartwire } from "../runHeartwire.ts";
import {
  dropin,
  makeBrowserDatabase,
  onMachine,
  settled,
  trustedBySystem,
  trustedIn,
} from "./dropinMachine.ts";

const CHROMIUM = `${ANNA.home}/.pki/nssdb`;
const FIREFOX = `${ANNA.home}/.mozilla/firefox/a1b2c3.default-release`;

describe("dropin on", () => {
  onMachine(
    "leads every host to the server, over https that the system trusts and over http",
    async (machine) => {
      await using _server = await machine.serve();
      expect(await dropin(machine, "on")).toMatchObject({ code: 0, stdout: "" });
      await settled(machine);
      for (const host of PULSOID_HOSTS) {
        for (const family of ["--ipv4", "--ipv6"]) {
          for (const scheme of ["https", "http"]) {
            const told = await machine.shell(
              `curl ${family} --silent --show-error ${scheme}://${host}/health/live`,
            );
            expect(told).toBe('{"status":"live"}');
          }
        }
      }
      const { code, stdout } = await dropin(machine, "status");
      expect(
        stdout
          .trim()
          .split("\n")
          .filter((line) => !line.startsWith("good ")),
      ).toEqual([]);
      expect(code).toBe(0);
    },
  );

  onMachine("listens on loopback alone, whatever the server's own address is", async (machine) => {
    await machine.shell("ip address add 10.1.2.3/32 dev lo");
    expect((await dropin(machine, "on")).code).toBe(0);
    await using _server = await machine.serve({ environment: { HEARTWIRE_HOST: "0.0.0.0" } });
    await settled(machine);
    const ask = (address: string) => machine.run(["curl", "--silent", `http://${address}/health/live`]);
    expect((await ask("10.1.2.3:4327")).code).toBe(0);
    expect((await ask("10.1.2.3:80")).code).toBe(7);
    expect((await ask("127.0.0.1:80")).code).toBe(0);
  });

  onMachine(
    "has the browsers of every user trust the authority, and no other user may read the key",
    async (machine) => {
      for (const folder of [CHROMIUM, FIREFOX]) await makeBrowserDatabase(machine, folder);
      expect((await dropin(machine, "on")).code).toBe(0);
      for (const folder of [CHROMIUM, FIREFOX]) {
        expect(await trustedIn(machine, folder)).toEqual(["Heartwire dropin"]);
      }
      const owners = await machine.shell(`stat --format '%U' ${CHROMIUM}/* ${FIREFOX}/* | sort -u`);
      expect(owners).toBe("anna\n");
      const rights = await machine.shell(`stat --format '%a %U' ${DATA} ${DATA}/dropin ${DATA}/dropin/*`);
      expect(rights).toBe("700 root\n700 root\n600 root\n600 root\n");
    },
  );

  onMachine(
    "gives what it makes to the owner of the data folder, as whom the server runs",
    async (machine) => {
      await machine.shell(`chown -R ${ANNA.name}: ${DATA}`);
      expect((await dropin(machine, "on")).code).toBe(0);
      const owners = await machine.shell(`stat --format '%U' ${DATA}/dropin ${DATA}/dropin/*`);
      expect(owners).toBe("anna\nanna\nanna\n");
    },
  );

  onMachine("keeps no key but the one of its certificate", async (machine) => {
    expect((await dropin(machine, "on")).code).toBe(0);
    const keys = await machine.shell(`cd ${DATA}/dropin && grep --count 'PRIVATE KEY-----$' *`);
    expect(keys).toBe("authority.pem:0\nserver.pem:2\n");
    const match = await machine.shell(`
      cd ${DATA}/dropin
      openssl pkey -in server.pem -pubout > key.pub
      openssl x509 -in server.pem -noout -pubkey | cmp - key.pub && echo the certificate
      openssl x509 -in authority.pem -noout -pubkey | cmp --silent - key.pub || echo not the authority`);
    expect(match).toBe("the certificate\nnot the authority\n");
  });

  onMachine(
    "says which lines of the hosts file lead elsewhere before its own, and status calls it wrong",
    async (machine) => {
      await machine.shell("echo '0.0.0.0 pulsoid.net ads.example' >> /etc/hosts");
      const { code, stderr } = await dropin(machine, "on");
      expect({ code, stderr }).toMatchObject({
        code: 0,
        stderr: expect.stringContaining("Take them out:\n  0.0.0.0 pulsoid.net ads.example\n"),
      });
      const status = await dropin(machine, "status");
      expect(status.code).toBe(1);
      expect(status.stdout).toContain(
        "leads hosts elsewhere before our lines: 0.0.0.0 pulsoid.net ads.example",
      );
    },
  );

  onMachine(
    "works in each browser's database once, as its user, also where sudo keeps HOME",
    async (machine) => {
      await makeBrowserDatabase(machine, CHROMIUM);
      const { stdout } = await dropin(machine, "on --dry-run", { environment: { HOME: ANNA.home } });
      expect(stdout.match(/^# Trust the authority in Chromium.*$/gm)).toHaveLength(1);
      expect(stdout).toContain(`runuser -u ${ANNA.name} -- certutil -A`);
    },
  );

  onMachine("done again changes nothing", async (machine) => {
    await dropin(machine, "on");
    const before = await machine.snapshot();
    const { code, stderr } = await dropin(machine, "on");
    expect({ code, says: stderr.includes("All of it is in place.") }).toEqual({ code: 0, says: true });
    expect(await machine.snapshot()).toBe(before);
  });

  onMachine("done again repairs what was taken away meanwhile", async (machine) => {
    await makeBrowserDatabase(machine, CHROMIUM);
    await dropin(machine, "on");
    const before = await machine.snapshot();
    await machine.shell(`sed --in-place /api.stromno.com/d /etc/hosts`);
    await machine.shell(`certutil -D -n 'Heartwire dropin' -d sql:${CHROMIUM}`, { as: ANNA });
    await machine.shell("rm /usr/local/share/ca-certificates/heartwire-dropin.crt");
    const { code, stdout } = await dropin(machine, "status");
    expect(code).toBe(1);
    expect(stdout.match(/^WRONG .*/gm)?.map((line) => line.replace(/^WRONG +|:.*/g, ""))).toEqual([
      "hosts file",
      "system's trust",
      "browser's trust",
    ]);
    expect((await dropin(machine, "on")).code).toBe(0);
    expect(await machine.snapshot()).toBe(before);
    expect(await trustedIn(machine, CHROMIUM)).toEqual(["Heartwire dropin"]);
  });

  onMachine("tells which browsers do not know the authority while there is no certutil", async (machine) => {
    await makeBrowserDatabase(machine, CHROMIUM);
    await machine.shell("mount --bind /dev/null $(command -v certutil)");
    expect((await dropin(machine, "on")).code).toBe(0);
    const { stdout } = await dropin(machine, "status");
    expect(stdout).toContain(`Chromium (${CHROMIUM}) cannot be asked: there is no certutil here`);
    expect(stdout).toContain("Install libnss3-tools or nss-tools.");
  });

  onMachine("goes on when one browser's database is locked by a password, and tells so", async (machine) => {
    await machine.shell(
      `mkdir -p ${CHROMIUM} && echo secret123 > ${ANNA.home}/word && certutil -N -d sql:${CHROMIUM} -f ${ANNA.home}/word`,
      { as: ANNA },
    );
    const { code, stderr } = await dropin(machine, "on");
    expect(code).toBe(1);
    expect(stderr).toContain(`Failed: Trust the authority in Chromium (${CHROMIUM}).`);
    expect(await machine.shell("grep --count 'heartwire dropin' /etc/hosts")).toBe("4\n");
  });
});

describe("dropin renew", () => {
  onMachine(
    "takes a new authority into the trust and the old one out, and the server shows the new certificate",
    async (machine) => {
      await makeBrowserDatabase(machine, FIREFOX);
      await using _server = await machine.serve();
      await dropin(machine, "on");
      await settled(machine);
      const [old] = await trustedBySystem(machine);
      const shown = () =>
        machine.shell(
          "openssl s_client -connect pulsoid.net:443 -servername pulsoid.net < /dev/null 2> /dev/null | openssl x509 -noout -serial",
        );
      const oldSerial = await shown();

      expect((await dropin(machine, "renew")).code).toBe(0);
      const now = await trustedBySystem(machine);
      expect(now).toHaveLength(1);
      expect(now[0]).not.toBe(old as string);
      expect(await trustedIn(machine, FIREFOX)).toEqual(["Heartwire dropin"]);
      expect((await dropin(machine, "status --json")).stdout).not.toContain("out of date");
      for (let attempt = 0; attempt < 50 && (await shown()) === oldSerial; attempt++) await Bun.sleep(100);
      expect(await machine.shell("curl --silent --show-error https://pulsoid.net/health/live")).toContain(
        "live",
      );
      const told = await machine.shell(`grep heartwire ${HOOK_LOG}`);
      expect(told).toBe(
        "+-+"
          .split("")
          .map((sign) => `${sign}/etc/ssl/certs/heartwire-dropin.pem\n`)
          .join(""),
      );
    },
  );
});

describe("dropin --dry-run", () => {
  onMachine("changes nothing, and prints what would be done", async (machine) => {
    await makeBrowserDatabase(machine, CHROMIUM);
    const before = await machine.snapshot();
    const { code, stdout } = await dropin(machine, "on --dry-run");
    expect(code).toBe(0);
    expect(stdout).toContain("update-ca-certificates\n");
    expect(stdout).toContain("127.0.0.1 pulsoid.net dev.pulsoid.net ");
    expect(await machine.snapshot()).toBe(before);
    expect(await machine.shell(`ls ${DATA}`)).not.toContain("dropin");
    expect(await trustedIn(machine, CHROMIUM)).toEqual([]);

    await dropin(machine, "on");
    const on = await machine.snapshot();
    expect((await dropin(machine, "off --dry-run")).stdout).toContain(
      "rm -f /usr/local/share/ca-certificates/",
    );
    expect((await dropin(machine, "renew --dry-run")).stdout).toContain("update-ca-certificates --certsconf");
    expect(await machine.snapshot()).toBe(on);
  });
});

test("dropin on wants the data folder of a server", async () => {
  const folder = throwAwayFolder();
  const { code, stderr } = await runHeartwire(["dropin", "on", "--data", folder]);
  expect(code).toBe(1);
  expect(stderr).toStartWith(`${folder} is not a data folder of Heartwire.`);
  rmSync(folder, { recursive: true });
});
