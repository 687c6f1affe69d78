import { describe, expect } from "bun:test";
import { ANNA, DATA, type PrivateMachine } from "../../support/privateMachine.ts";
import { dropin, onMachine, trustedBySystem } from "./dropinMachine.ts";

/** Puts an authority whose key was kept, and which may sign anything, into the data folder, as the server's user could. */
const PUT_FOREIGN_AUTHORITY = `
  cd ${DATA}/dropin
  openssl req -x509 -newkey rsa:2048 -nodes -subj '/CN=Heartwire dropin' -days 300 -keyout ca.key -out authority.pem
  openssl req -newkey rsa:2048 -nodes -subj /CN=pulsoid.net -keyout server.key -out server.csr
  openssl x509 -req -in server.csr -CA authority.pem -CAkey ca.key -CAcreateserial -days 300 -out server.crt
  cat server.crt server.key > server.pem
  cp authority.pem foreign.pem
`;

async function asAnna(machine: PrivateMachine): Promise<void> {
  await machine.shell(`chown -R ${ANNA.name}: ${DATA}`);
}

describe("root, in a data folder of somebody else", () => {
  onMachine("trusts no authority but one that Heartwire makes", async (machine) => {
    await asAnna(machine);
    await dropin(machine, "on", { as: ANNA });
    await machine.shell(PUT_FOREIGN_AUTHORITY, { as: ANNA });
    expect((await dropin(machine, "status")).stdout).toContain(
      "its authority is not as Heartwire makes them",
    );
    const { code, stderr } = await dropin(machine, "on");
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("is not used: its authority is not as Heartwire makes them"),
    });
    const trusted = await trustedBySystem(machine);
    expect(trusted).toEqual([expect.stringMatching(/OU ?= ?Authority/)]);
    const verify = `openssl verify ${DATA}/dropin/foreign.pem`;
    expect((await machine.run(["bash", "-c", verify])).code).not.toBe(0);
  });

  onMachine("takes one out of the trust again that came there", async (machine) => {
    await asAnna(machine);
    await dropin(machine, "on");
    await machine.shell(PUT_FOREIGN_AUTHORITY, { as: ANNA });
    await machine.shell(
      `cp ${DATA}/dropin/authority.pem /usr/local/share/ca-certificates/heartwire-dropin.crt; update-ca-certificates --fresh`,
    );
    expect((await dropin(machine, "on")).code).toBe(0);
    expect(await trustedBySystem(machine)).toEqual([expect.stringMatching(/OU ?= ?Authority/)]);
  });

  onMachine("follows no link, and gives nothing of the system away", async (machine) => {
    await asAnna(machine);
    await machine.shell(
      `mkdir /etc/precious && touch /etc/precious/server.pem && ln -s /etc/precious ${DATA}/dropin`,
    );
    const before = await machine.snapshot();
    const { code, stderr } = await dropin(machine, "on");
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${DATA}/dropin is a link or a file, expected a folder`),
    });
    expect(await machine.snapshot()).toBe(before);
    expect((await dropin(machine, "off")).code).toBe(0);
    expect(await machine.snapshot()).toBe(before);
  });

  onMachine("has its owner's rights there and no others, so that no link leads further", async (machine) => {
    await asAnna(machine);
    await machine.shell(`mkdir -m 500 ${DATA}/dropin`, { as: ANNA });
    const { code, stderr } = await dropin(machine, "on");
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("EACCES") });
  });
});
