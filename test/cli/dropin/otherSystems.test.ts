import { describe, expect, test } from "bun:test";
import { linesToAdd } from "../../../src/cli/dropin/hostsFile.ts";
import {
  macStepsToOff,
  macStepsToOn,
  windowsStepsToOff,
  windowsStepsToOn,
} from "../../../src/cli/dropin/otherSystems.ts";
import type { Step } from "../../../src/cli/dropin/step.ts";
import { textOf } from "../../repository/files.ts";

/** What is printed for another system; nobody runs it here. */
function printed(steps: readonly Step[]): string {
  return steps.map(({ does, lines }) => `# ${does}\n${lines("sudo ").join("\n")}\n`).join("\n");
}

/** The lines that docs/dropin.md shows below a heading. */
function shownBelow(heading: string): string {
  const sections = textOf("docs/dropin.md").split(/^#{2,} /m);
  const section = sections.find((part) => part.startsWith(`${heading}\n`)) ?? "";
  return /^```\w+\n(.*?)^```$/ms.exec(section)?.[1] ?? "there is no such section";
}

const AFTER_ON = `127.0.0.1 localhost\n${linesToAdd("127.0.0.1 localhost\n")}`;

describe("docs/dropin.md shows the lines that are printed", () => {
  test("on macOS", () => {
    expect(shownBelow("macOS: on")).toBe(printed(macStepsToOn("data/dropin/authority.pem", "")));
    expect(shownBelow("macOS: off")).toBe(printed(macStepsToOff(AFTER_ON)));
  });

  test("on Windows", () => {
    expect(shownBelow("Windows: on")).toBe(printed(windowsStepsToOn("data\\dropin\\authority.pem", "")));
    expect(shownBelow("Windows: off")).toBe(printed(windowsStepsToOff(AFTER_ON)));
  });
});

describe("what is printed leaves out", () => {
  test("the hosts file, where it leads here already or no more", () => {
    for (const steps of [macStepsToOn("a.pem", AFTER_ON), windowsStepsToOn("a.pem", AFTER_ON)]) {
      expect(printed(steps)).not.toContain("hosts");
    }
    for (const steps of [macStepsToOff(""), windowsStepsToOff("")])
      expect(printed(steps)).not.toContain("hosts");
  });

  test("nothing of lines of ours that are out of date: they are taken out first", () => {
    const outOfDate = AFTER_ON.replace(" stromno.com", "");
    expect(printed(macStepsToOn("a.pem", outOfDate))).toMatch(/sed -i ''.*\nsudo tee -a/);
    expect(printed(windowsStepsToOn("a.pem", outOfDate))).toMatch(/WriteAllText.*\n.*AppendAllText/);
  });
});
