import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { area, type Rule } from "../../src/conformance/check.ts";
import { Kit } from "../../src/conformance/kit.ts";
import type { ConformanceOptions } from "../../src/conformance/options.ts";
import { runChecks } from "../../src/conformance/runner.ts";
import { CheckedServer } from "../support/conformance/checkedServer.ts";

let server: CheckedServer;
beforeAll(async () => {
  server = await CheckedServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

async function run(rules: readonly Rule[], options: Partial<ConformanceOptions> = {}) {
  const all = { ...(await server.options()), ...options };
  const kit = await Kit.open(all, { base: new URL(server.origin), answerTimeoutMs: 5_000 });
  return { kit, results: await runChecks(kit, area("test", "1 Test", rules)) };
}

describe("a check whose time is over", () => {
  test("fails, says so, and does nothing more", async () => {
    let asked = 0;
    const rule: Rule = [
      "endless",
      "It never ends.",
      async (kit) => {
        await kit.write(69);
        for (;;) {
          await kit.latest();
          asked++;
        }
      },
      { timeoutMs: 100 },
    ];
    const { kit, results } = await run([rule, ["next", "It runs.", (kit) => kit.write(70)]]);
    expect(results).toMatchObject([
      { outcome: "failed", expected: "It never ends.", got: "the check took longer than 0.1 s" },
      { outcome: "passed" },
    ]);
    const before = asked;
    await kit.write(71);
    expect(asked).toBe(before);
  });

  test("closes its sockets, so that it waits for nothing that comes", async () => {
    const rule: Rule = [
      "deaf",
      "It waits.",
      async (kit) => (await kit.hear()).text(60_000),
      { timeoutMs: 100 },
    ];
    const { kit, results } = await run([rule]);
    expect(results[0]).toMatchObject({ outcome: "failed", got: "the check took longer than 0.1 s" });
    expect(kit.shared.sockets[0]?.end).toBeDefined();
  });
});

describe("a run that is ended", () => {
  test("lets the check that runs undo what it did, and reports it and the others as not checked", async () => {
    const ending = new AbortController();
    const done: string[] = [];
    const rules: readonly Rule[] = [
      ["first", "It passes.", async () => done.push("first")],
      [
        "undoes",
        "It undoes what it did.",
        async (kit) => {
          try {
            ending.abort(new Error("the user wants no more"));
            await kit.write(70);
            done.push("written");
          } finally {
            await Bun.sleep(1);
            done.push("undone");
          }
        },
      ],
      ["last", "It does not run.", async () => done.push("last")],
    ];
    const { results } = await run(rules, { signal: ending.signal });
    expect(done).toEqual(["first", "undone"]);
    expect(results.map(({ outcome }) => outcome)).toEqual(["passed", "not checked", "not checked"]);
  });
});
