import { describe, expect, test } from "bun:test";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { linesToAdd } from "../../../src/cli/dropin/hostsFile.ts";
import {
  macStepsToOff,
  macStepsToOn,
  windowsStepsToOff,
  windowsStepsToOn,
} from "../../../src/cli/dropin/otherSystems.ts";
import type { Step } from "../../../src/cli/dropin/step.ts";
import { textOf } from "../../repository/files.ts";
import { throwAwayFolder } from "../../support/server.ts";
import { type Finished, runHeartwire } from "../runHeartwire.ts";

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

const ON_MAC = { dataFolder: "data", authorityFile: "data/dropin/authority.pem" };
const ON_WINDOWS = { dataFolder: "data", authorityFile: "data\\dropin\\authority.pem" };

const AFTER_ON = `127.0.0.1 localhost\n${linesToAdd("127.0.0.1 localhost\n", "data")}`;

describe("docs/dropin.md shows the lines that are printed", () => {
  test("on macOS", () => {
    expect(shownBelow("macOS: on")).toBe(printed(macStepsToOn(ON_MAC, "")));
    expect(shownBelow("macOS: off")).toBe(printed(macStepsToOff(AFTER_ON)));
  });

  test("on Windows", () => {
    expect(shownBelow("Windows: on")).toBe(printed(windowsStepsToOn(ON_WINDOWS, "")));
    expect(shownBelow("Windows: off")).toBe(printed(windowsStepsToOff(AFTER_ON)));
  });
});

describe("what is printed leaves out", () => {
  test("the hosts file, where it leads here already or no more", () => {
    for (const steps of [macStepsToOn(ON_MAC, AFTER_ON), windowsStepsToOn(ON_WINDOWS, AFTER_ON)]) {
      expect(printed(steps)).not.toContain("hosts");
    }
    for (const steps of [macStepsToOff(""), windowsStepsToOff("")])
      expect(printed(steps)).not.toContain("hosts");
  });

  test("nothing of lines of ours that are out of date: they are taken out first", () => {
    const outOfDate = AFTER_ON.replace(" stromno.com", "");
    expect(printed(macStepsToOn(ON_MAC, outOfDate))).toMatch(/sed -i ''.*\nsudo tee -a/);
    expect(printed(windowsStepsToOn(ON_WINDOWS, outOfDate))).toMatch(/WriteAllText.*\n.*AppendAllText/);
  });
});

/** Runs a command as if this were another system: it looks at nothing else to find out. */
async function runOn(platform: string, words: readonly string[]): Promise<Finished> {
  const folder = throwAwayFolder();
  const preload = join(folder, "platform.ts");
  writeFileSync(preload, `Object.defineProperty(process, "platform", { value: "${platform}" });`);
  const finished = await runHeartwire(words, { environment: { BUN_OPTIONS: `--preload ${preload}` } });
  rmSync(folder, { recursive: true });
  return finished;
}

describe("where everything is done by hand", () => {
  for (const platform of ["darwin", "win32"]) {
    test(`on and off of ${platform} say which lines to paste, and have then done what they can`, async () => {
      const folder = throwAwayFolder();
      await runHeartwire(["token", "create", "--user", "me", "--scopes", "profile:read", "--data", folder]);
      const on = await runOn(platform, ["dropin", "on", "--data", folder]);
      expect({ code: on.code, says: on.stderr.includes("Paste these lines") }).toEqual({
        code: 0,
        says: true,
      });
      expect(on.stdout).toContain("# Trust the authority in the system");
      expect(existsSync(join(folder, "dropin", "server.pem"))).toBe(true);
      const off = await runOn(platform, ["dropin", "off", "--data", folder]);
      expect({ code: off.code, says: off.stderr.includes("With these lines all of it is undone.") }).toEqual({
        code: 0,
        says: true,
      });
      expect(existsSync(join(folder, "dropin"))).toBe(false);
      rmSync(folder, { recursive: true });
    });
  }
});
