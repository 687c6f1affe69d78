import { expect } from "bun:test";
import type { Finding } from "../../../src/cli/doctor/finding.ts";
import { DATA, type PrivateMachine } from "../../support/privateMachine.ts";
import { dropin, onMachine, settled } from "./dropinMachine.ts";

/** What the doctor says of dropin. */
async function diagnosis(machine: PrivateMachine): Promise<Finding | undefined> {
  const { stdout } = await machine.heartwire(["doctor", "--json", "--data", DATA]);
  return (JSON.parse(stdout) as Finding[]).find(({ about }) => about === "dropin");
}

onMachine(
  "the doctor has a line about dropin while it is on, which says when it is broken or ends soon",
  async (machine) => {
    expect(await diagnosis(machine)).toBeUndefined();
    await using _server = await machine.serve();
    await dropin(machine, "on");
    await settled(machine);
    expect(await diagnosis(machine)).toEqual({
      state: "good",
      about: "dropin",
      says: expect.stringMatching(/^on; its certificate holds until \d{4}-\d\d-\d\d \(396 days\)$/),
    });

    await machine.shell("sed --in-place '/heartwire dropin/d' /etc/hosts");
    expect(await diagnosis(machine)).toMatchObject({
      state: "wrong",
      says: "on, but hosts file: /etc/hosts does not lead Pulsoid's hosts here",
      advice: "npm run heartwire -- dropin status says all of it.",
    });
  },
);
