import { afterAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import {
  type ConformanceOptions,
  listChecks,
  type Report,
  runConformance,
} from "../../src/conformance/index.ts";
import { writeCertificate } from "../support/certificateFiles.ts";
import { CheckedServer } from "../support/conformance/checkedServer.ts";
import { MutatingProxy } from "../support/conformance/mutatingProxy.ts";
import { QUICK_TIMES } from "../support/conformance/quickTimes.ts";
import { throwAwayFolder } from "../support/server.ts";

/** The kit against our own server, of which it wants everything. */
const TEST_MS_MAX = 120_000;

const folder = throwAwayFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What did not pass, and why not. */
function shortcomings({ results }: Report): readonly object[] {
  return results
    .filter(({ outcome }) => outcome !== "passed")
    .map(({ section: _, sentence: __, durationMs: ___, ...rest }) => rest);
}

const everything = async (server: CheckedServer): Promise<ConformanceOptions> => ({
  ...(await server.options()),
  slow: true,
  ours: true,
  slowTimes: QUICK_TIMES,
});

describe("our own server passes every check, and none is left unchecked", () => {
  // Side by side, because most of their time they wait for tokens to end.
  test.concurrent(
    "directly",
    async () => {
      await using server = await CheckedServer.start();
      const report = await runConformance(await everything(server));
      expect(shortcomings(report)).toEqual([]);
      expect(report).toMatchObject({ passed: listChecks().length, failed: 0, notChecked: 0 });
    },
    TEST_MS_MAX,
  );

  test.concurrent(
    "below a folder of a site, through a proxy that changes nothing else",
    async () => {
      await using server = await CheckedServer.start();
      using proxy = await MutatingProxy.start(server.origin, {
        answer: (request, next) => next({ ...request, path: request.path.replace(/^\/pulse/, "") }),
      });
      const report = await runConformance({ ...(await everything(server)), base: `${proxy.origin}/pulse/` });
      expect(shortcomings(report)).toEqual([]);
    },
    TEST_MS_MAX,
  );

  test.concurrent(
    "over https and wss, with a certificate of an authority that is named",
    async () => {
      const certificate = await writeCertificate(folder, ["localhost"]);
      const environment = { ...certificate.environment, HEARTWIRE_TLS_PORT: "0" };
      await using server = await CheckedServer.start(environment);
      const options = await everything(server);
      // A restart would give it another port.
      const hooks = { ...options.hooks, restart: undefined };
      const base = server.running.server.secureUrl as URL;
      const report = await runConformance({ ...options, base, hooks, authority: certificate.authority });
      expect(report.failed).toBe(0);
      const unchecked = report.results.filter(({ outcome }) => outcome === "not checked").map(({ id }) => id);
      expect(unchecked.every((id) => id.startsWith("restart."))).toBe(true);
      expect(report.passed).toBe(listChecks().length - unchecked.length);
    },
    TEST_MS_MAX,
  );
});

test("what is run twice passes twice: nothing of the first run is in the way", async () => {
  await using server = await CheckedServer.start();
  const only = "write,latest,live,statistics,widgets,link,room";
  for (let run = 0; run < 2; run++) {
    expect(shortcomings(await runConformance({ ...(await server.options()), ours: true, only }))).toEqual([]);
  }
});

test("the widgets that the kit made are gone afterwards", async () => {
  await using server = await CheckedServer.start();
  const options = await server.options();
  const [all = ""] = options.tokens ?? [];
  const listed = async () => {
    const headers = { authorization: `Bearer ${all}` };
    const answer = await fetch(`${server.origin}/api/v1/widgets`, { headers });
    return ((await answer.json()) as { readonly widgets: readonly unknown[] }).widgets.length;
  };
  const before = await listed();
  const { results } = await runConformance({ ...options, only: "widgets,link,revocation" });
  expect(results.find(({ id }) => id === "revocation.closes-its-links")?.outcome).toBe("passed");
  expect(await listed()).toBe(before);
});
