import { describe, expect } from "bun:test";
import { ANNA, DATA, HOOK_LOG, type PrivateMachine } from "../../support/privateMachine.ts";
import {
  dropin,
  makeBrowserDatabase,
  onMachine,
  settled,
  trustedBySystem,
  trustedIn,
} from "./dropinMachine.ts";

const CHROMIUM = `${ANNA.home}/.pki/nssdb`;

describe("dropin off", () => {
  onMachine("leaves hosts and trust as they were, and the server stops listening there", async (machine) => {
    await makeBrowserDatabase(machine, CHROMIUM);
    const before = await machine.snapshot();
    await using _server = await machine.serve();
    await dropin(machine, "on");
    await settled(machine);

    expect(await dropin(machine, "off")).toMatchObject({ code: 0, stdout: "" });
    expect(await machine.snapshot()).toBe(before);
    expect(await trustedIn(machine, CHROMIUM)).toEqual([]);
    expect(await machine.shell(`ls ${DATA}`)).not.toContain("dropin");
    expect(await machine.shell(`tail --lines 1 ${HOOK_LOG}`)).toBe("-/etc/ssl/certs/heartwire-dropin.pem\n");
    await settled(machine, { open: false });
    const { status } = await askPulsoid(machine);
    expect(status).toBe(421);
    expect(await dropin(machine, "status")).toMatchObject({
      code: 0,
      stdout: "Off: nothing of it is in place.\n",
    });
    expect((await dropin(machine, "off")).stderr).toBe("Nothing of it is in place.\n");
  });

  /** What may have happened to a machine between on and off; afterwards nothing but the change itself is left. */
  const damages: readonly (readonly [what: string, damage: string, undo: string])[] = [
    ["the data folder is gone", `rm -r ${DATA}`, ""],
    ["the certificate is gone", `rm -r ${DATA}/dropin`, ""],
    [
      "the authority's file is gone, and the system still trusts it",
      "rm /usr/local/share/ca-certificates/heartwire-dropin.crt",
      "",
    ],
    [
      "the authority's file was written over",
      "echo other > /usr/local/share/ca-certificates/heartwire-dropin.crt",
      "",
    ],
    [
      "the system trusts it no more",
      "rm /usr/local/share/ca-certificates/heartwire-dropin.crt; update-ca-certificates --fresh",
      "",
    ],
    [
      "lines were added to the hosts file",
      "sed -i '1i 10.0.0.1 printer' /etc/hosts; echo '10.0.0.2 scanner' >> /etc/hosts",
      "sed -i '/10.0.0/d' /etc/hosts",
    ],
    [
      "half of our lines are gone from the hosts file",
      "sed -i '/^# heartwire/d; /^::1 pulsoid/d' /etc/hosts",
      "",
    ],
    [
      "our lines stand in the hosts file twice",
      "cat /etc/hosts > /mnt/hosts; cat /mnt/hosts | grep heartwire >> /etc/hosts",
      "",
    ],
    ["the hosts file lost its last line's end", "truncate --size=-1 /etc/hosts", ""],
  ];
  for (const [what, damage, undo] of damages) {
    onMachine(`undoes everything also when ${what}`, async (machine) => {
      await makeBrowserDatabase(machine, CHROMIUM);
      const before = await machine.snapshot();
      await dropin(machine, "on");
      await machine.shell(damage);
      const { code, stderr } = await dropin(machine, "off");
      expect({ code, stderr }).toMatchObject({ code: 0 });
      await machine.shell(undo);
      expect(await machine.snapshot()).toBe(before);
      expect(await trustedBySystem(machine)).toEqual([]);
      expect(await trustedIn(machine, CHROMIUM)).toEqual([]);
      expect((await dropin(machine, "status")).stdout).toBe("Off: nothing of it is in place.\n");
    });
  }

  /** Where an "on" may have been interrupted: a program of the system that fails at that point stands for it. */
  const interruptions: readonly (readonly [where: string, program: string, fails: string])[] = [
    ["before the system's trust was made anew", "update-ca-certificates", "exit 1"],
    [
      "after the system's trust was made anew",
      "update-ca-certificates",
      '/usr/sbin/update-ca-certificates "$@"; exit 1',
    ],
    [
      "in the middle of the browsers",
      "certutil",
      'case "$1" in -A) exit 1;; *) exec /usr/bin/certutil "$@";; esac',
    ],
  ];
  for (const [where, program, fails] of interruptions) {
    onMachine(`undoes an "on" that ended ${where}`, async (machine) => {
      await makeBrowserDatabase(machine, CHROMIUM);
      const before = await machine.snapshot();
      await machine.shell(
        `printf '#!/bin/sh\\n%s\\n' '${fails}' > /mnt/bin/${program}; chmod +x /mnt/bin/${program}`,
      );
      const { code, stderr } = await dropin(machine, "on");
      expect(code).toBe(1);
      expect(stderr).toMatch(/What was done is undone by: sudo .* dropin off --data \/mnt\/data\n$/);
      await machine.shell(`rm /mnt/bin/${program}`);
      expect((await dropin(machine, "off")).code).toBe(0);
      expect(await machine.snapshot()).toBe(before);
      expect(await trustedIn(machine, CHROMIUM)).toEqual([]);
    });
  }

  onMachine("undoes it also in another data folder than the one that is named", async (machine) => {
    const before = await machine.snapshot();
    await machine.shell(`cp -a ${DATA} '/mnt/my data'`);
    await dropin(machine, "on");
    await machine.heartwire(["dropin", "on", "--data", "/mnt/my data"]);
    const status = await machine.heartwire(["dropin", "status", "--data", "/mnt/none"]);
    expect(status.stdout).toContain(`The machine was prepared for ${DATA}: name it with --data.`);
    const { code, stderr } = await machine.heartwire(["dropin", "off", "--data", "/mnt/none"]);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("All of it is undone."),
    });
    expect(await machine.shell(`ls ${DATA} '/mnt/my data'`)).not.toContain("dropin");
    expect(await machine.snapshot()).toBe(before);
  });

  onMachine("leads no app here that does not trust what it would meet", async (machine) => {
    await machine.shell(
      "printf '#!/bin/sh\\nexit 1\\n' > /mnt/bin/update-ca-certificates; chmod +x /mnt/bin/*",
    );
    const { code, stderr } = await dropin(machine, "on");
    expect(code).toBe(1);
    expect(stderr).toContain("Not done for that reason: Lead Pulsoid's hosts to this machine (/etc/hosts).");
    expect(await machine.shell("cat /etc/hosts")).not.toContain("pulsoid");
  });
});

/** How the server's own port answers under one of Pulsoid's names. */
async function askPulsoid(machine: PrivateMachine): Promise<{ readonly status: number }> {
  const ask =
    "curl --silent --output /dev/null --write-out '%{http_code}' --header 'Host: pulsoid.net' http://localhost:4327/health/";
  return { status: Number(await machine.shell(ask)) };
}
