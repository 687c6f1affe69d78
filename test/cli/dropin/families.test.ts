import { describe, expect } from "bun:test";
import { dropin, onMachine } from "./dropinMachine.ts";

/**
 * How other Linux systems keep their trust: the folder of anchors, the bundle, and the program that makes it, which is
 * stood for by a few lines that do the same with this system's authorities.
 */
const FAMILIES = [
  {
    family: "Fedora",
    anchors: "/etc/pki/ca-trust/source/anchors",
    bundle: "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    program: "update-ca-trust",
    anchor: "heartwire-dropin.pem",
  },
  {
    family: "Arch",
    anchors: "/etc/ca-certificates/trust-source/anchors",
    bundle: "/etc/ca-certificates/extracted/tls-ca-bundle.pem",
    program: "update-ca-trust",
    anchor: "heartwire-dropin.crt",
  },
  {
    family: "openSUSE",
    anchors: "/etc/pki/trust/anchors",
    bundle: "/etc/ssl/ca-bundle.pem",
    program: "update-ca-certificates",
    anchor: "heartwire-dropin.pem",
  },
] as const;

describe("on a system that keeps its trust as", () => {
  for (const { family, anchors, bundle, program, anchor } of FAMILIES) {
    onMachine(`${family} does, it is put there, renewed and taken away`, async (machine) => {
      await machine.shell(`
        mkdir -p ${anchors} $(dirname ${bundle})
        cat > /mnt/bin/${program} <<'PROGRAM'
#!/bin/sh
cat /usr/share/ca-certificates/mozilla/ISRG_Root_X1.crt ${anchors}/* > ${bundle} 2> /dev/null
true
PROGRAM
        chmod +x /mnt/bin/${program}
        ${program}`);
      const before = await machine.snapshot();
      expect((await dropin(machine, "on")).code).toBe(0);
      expect(await machine.shell(`ls ${anchors}`)).toBe(`${anchor}\n`);
      expect((await dropin(machine, "status")).stdout).toContain(
        `system's trust: holds the authority (${family})`,
      );
      expect((await dropin(machine, "renew")).code).toBe(0);
      expect(await machine.shell(`grep --count BEGIN ${bundle}`)).toBe("2\n");
      expect((await dropin(machine, "off")).code).toBe(0);
      expect(await machine.snapshot()).toBe(before);
    });
  }

  onMachine(
    "none that Heartwire knows, the hosts are led here all the same, and status tells what is missing",
    async (machine) => {
      await machine.shell("mount --bind /dev/null $(command -v update-ca-certificates)");
      expect((await dropin(machine, "on")).code).toBe(0);
      const { stdout } = await dropin(machine, "status");
      expect(stdout).toContain("there is no store of authorities that Heartwire knows on this system");
    },
  );
});
