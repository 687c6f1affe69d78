import { describe, expect } from "bun:test";
import { ANNA, DATA, type PrivateMachine } from "../../support/privateMachine.ts";
import { dropin, makeBrowserDatabase, onMachine, settled, trustedIn } from "./dropinMachine.ts";

const CHROMIUM = `${ANNA.home}/.pki/nssdb`;

/** The data folder is Anna's, who runs everything and is not root. */
async function asAnna(machine: PrivateMachine): Promise<void> {
  await machine.shell(`chown -R ${ANNA.name}: ${DATA}`);
}

/** Runs as root what was printed for sudo, and as Anna the rest. */
async function paste(machine: PrivateMachine, printed: string): Promise<void> {
  await machine.shell(printed.replaceAll(/(^|&& )sudo /gm, "$1"));
}

describe("without root", () => {
  onMachine(
    "dropin on does what it may, and prints for sudo exactly what makes the rest",
    async (machine) => {
      await asAnna(machine);
      await makeBrowserDatabase(machine, CHROMIUM);
      const before = await machine.snapshot();
      const { code, stdout, stderr } = await dropin(machine, "on", { as: ANNA });
      expect(code).toBe(1);
      expect(stderr).toContain("The rest needs the administrator's rights.");
      expect(await machine.snapshot()).toBe(before);
      expect(await trustedIn(machine, CHROMIUM)).toEqual(["Heartwire dropin"]);

      await paste(machine, stdout);
      await machine.shell("sysctl --quiet net.ipv4.ip_unprivileged_port_start=80");
      await using _server = await machine.serve({ as: ANNA });
      await settled(machine);
      const status = await dropin(machine, "status", { as: ANNA });
      expect(
        status.stdout
          .trim()
          .split("\n")
          .filter((line) => !line.startsWith("good ")),
      ).toEqual([]);
      expect(await machine.shell("curl --silent https://pulsoid.net/health/live")).toBe('{"status":"live"}');
      expect((await dropin(machine, "on", { as: ANNA })).code).toBe(0);

      const off = await dropin(machine, "off", { as: ANNA });
      expect(off.code).toBe(1);
      await paste(machine, off.stdout);
      expect(await machine.snapshot()).toBe(before);
      expect((await dropin(machine, "status", { as: ANNA })).stdout).toBe(
        "Off: nothing of it is in place.\n",
      );
    },
  );

  onMachine(
    "renewing prints for sudo exactly what puts the new authority in place of the old one",
    async (machine) => {
      await asAnna(machine);
      await dropin(machine, "on");
      const { stdout } = await dropin(machine, "renew", { as: ANNA });
      expect((await dropin(machine, "status", { as: ANNA })).stdout).toContain(
        "an authority of ours that is out of date",
      );
      await paste(machine, stdout);
      expect((await dropin(machine, "on", { as: ANNA })).code).toBe(0);
    },
  );

  onMachine(
    "what is printed for a hosts file whose last line has no end leaves it so afterwards",
    async (machine) => {
      await asAnna(machine);
      await machine.shell("printf '127.0.0.1 localhost\\n10.0.0.1 printer' > /etc/hosts");
      const before = await machine.snapshot();
      await paste(machine, (await dropin(machine, "on", { as: ANNA })).stdout);
      expect(await machine.shell("getent hosts printer")).toBe("10.0.0.1        printer\n");
      await paste(machine, (await dropin(machine, "off", { as: ANNA })).stdout);
      expect(await machine.snapshot()).toBe(before);
    },
  );

  onMachine("the one line for all of it works too", async (machine) => {
    await asAnna(machine);
    const { stderr } = await dropin(machine, "on", { as: ANNA });
    const line = /^sudo (.* dropin on --data .*)$/m.exec(stderr)?.[1] ?? "there is none";
    await machine.shell(line);
    expect((await dropin(machine, "on", { as: ANNA })).code).toBe(0);
  });

  onMachine(
    "a server that may not listen on ports 443 and 80 says what allows it, and serves the rest",
    async (machine) => {
      await asAnna(machine);
      const { stderr } = await dropin(machine, "on");
      expect(stderr).toContain("sudo sysctl net.ipv4.ip_unprivileged_port_start=80");
      await using server = await machine.serve({ as: ANNA });
      for (const port of [443, 80]) {
        expect(server.stderr.text).toContain(
          `Port ${port} may not be used by this user. Allow it with: sudo sysctl net.ipv4.ip_unprivileged_port_start=80 .`,
        );
      }
      expect(await machine.shell("curl --silent http://localhost:4327/health/live")).toContain("live");
      expect((await dropin(machine, "status")).stdout).toContain("nobody listens there");
      await machine.shell("sysctl --quiet net.ipv4.ip_unprivileged_port_start=80");
      await settled(machine);
      expect(await machine.shell("curl --silent https://pulsoid.net/health/live")).toContain("live");
    },
  );
});

describe("a port that another program has", () => {
  onMachine("is told, and taken when it is free", async (machine) => {
    await machine.shell(
      "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=other -keyout /mnt/k -out /mnt/c 2> /dev/null",
    );
    const other = Bun.spawn(
      [
        ...machine.inside([
          "openssl",
          "s_server",
          "-accept",
          "127.0.0.1:443",
          "-key",
          "/mnt/k",
          "-cert",
          "/mnt/c",
          "-quiet",
        ]),
      ],
      { stdout: "ignore", stderr: "ignore" },
    );
    await settled(machine);
    await dropin(machine, "on");
    await using server = await machine.serve();
    expect(server.stderr.text).toContain("Port 443 is in use: stop what listens there.");
    const { code, stdout } = await dropin(machine, "status");
    expect({ code, stdout }).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("port 443: whoever answers there shows another certificate"),
    });
    other.kill();
    await other.exited;
    await server.stderr.until(/"port":443/);
    expect((await dropin(machine, "status")).code).toBe(0);
  });
});
