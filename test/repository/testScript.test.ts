import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./files.ts";

const folder = mkdtempSync(join(tmpdir(), "heartwire-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs one test file through what npm test runs it with. @returns what npm test would print last */
async function verdictOn(body: string, { ci = false } = {}): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.test.ts`);
  writeFileSync(file, `import { test, expect } from "bun:test";\n${body}`);
  const program = `
    import { runTests } from ${JSON.stringify(join(ROOT, "scripts", "test.mjs"))};
    const options = ${JSON.stringify({ ci, cwd: folder })};
    const { passed, failed } = await runTests(process.execPath, [${JSON.stringify(file)}], options);
    console.log(passed + " passed, " + failed + " failed");`;
  const run = Bun.spawn([process.execPath, "-e", program], {
    env: { PATH: process.env.PATH },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output] = await Promise.all([run.stdout.text(), run.stderr.text()]);
  return output.trimEnd().split("\n").at(-1) ?? "";
}

describe("the last line of npm test", () => {
  test("counts what passed", async () => {
    expect(await verdictOn('test("a", () => {}); test("b", () => {});')).toBe("2 passed, 0 failed");
  });

  test("counts what failed", async () => {
    const body = 'test("a", () => {}); test("b", () => expect(1).toBe(2));';
    expect(await verdictOn(body)).toBe("1 passed, 1 failed");
  });

  test("counts a file that cannot be loaded as a failure", async () => {
    expect(await verdictOn('test("a", () => {}); throw new Error("broken");')).toMatch(/, [1-9]\d* failed$/);
  });

  test("counts a process that ends in the middle as a failure", async () => {
    expect(await verdictOn('test("a", () => process.exit(0));')).toBe("0 passed, 1 failed");
  });

  test("lets a skipped test be on a developer's machine", async () => {
    const body = 'test("a", () => {}); test["skip"]("b", () => {});';
    expect(await verdictOn(body)).toBe("1 passed, 0 failed");
  });

  test("counts a skipped test as a failure in CI", async () => {
    const body = 'test("a", () => {}); test["skip"]("b", () => {}); test["todo"]("c");';
    expect(await verdictOn(body, { ci: true })).toBe("1 passed, 2 failed");
  });
});
