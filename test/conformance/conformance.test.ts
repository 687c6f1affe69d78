import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hashToken } from "../../src/auth/tokens.ts";
import { CHECKS, type KitOptions, type Report, runConformance } from "../../src/conformance/index.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import { SCOPES } from "../../src/domain/scopes.ts";
import { StoreUnavailable } from "../../src/storage/readingStore.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { MutatingProxy } from "../support/conformance/mutatingProxy.ts";
import { BREACHES, type Breach } from "../support/conformance/mutations.ts";
import { freePort } from "../support/freePort.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { newWidget } from "../support/widgets.ts";

/** The kit against our own server, and against servers that each break one rule. */
const environment = { HEARTWIRE_PORT: String(freePort()) };
let server: TestServer;
let proxy: MutatingProxy;
const user = "conformance";

beforeAll(async () => {
  server = await startTestServer({ environment });
  proxy = await MutatingProxy.start(server.origin);
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Everything that the kit can be given, for one run: one token is used up by it. */
async function options(base: URL): Promise<KitOptions> {
  const writeToken = await server.token(["data:heart_rate:write"], { user });
  const readToken = await server.token(
    SCOPES.filter((scope) => scope !== "data:heart_rate:write"),
    { user },
  );
  const expiredToken = await server.token(["data:heart_rate:read"], { user, expiresAt: Date.now() - 1_000 });
  const { directory } = server.server.storage;
  const profile = await directory.findOrCreateProfile(user, Date.now() as EpochMs);
  const configuration = {};
  const room = await directory.rooms.create({
    owner: profile.id,
    configuration,
    createdAt: Date.now() as EpochMs,
    ownedMax: Number.MAX_SAFE_INTEGER,
  });
  const known = await directory.widgets.list(profile.id);
  for (const { id } of known) await directory.widgets.remove(id);
  const widget = await newWidget(
    server,
    await server.token(["widgets:update", "data:heart_rate:read"], { user }),
  );
  return {
    base,
    tokens: [readToken, writeToken],
    expiredToken,
    room: room?.publicId ?? "",
    widget: widget.id,
    clockToleranceMs: 100,
    quietSeconds: 0.5,
    steadySeconds: 0.1,
    onRevoke: async (token) => {
      const beside = await SqliteDirectory.open(`${server.folder}/control.db`);
      const record = await beside.findToken(hashToken(token));
      await beside.revokeToken(record?.id ?? 0, Date.now() as EpochMs);
      await beside.close();
    },
    onRestart: async () => {
      await server.server.stop();
      await Bun.sleep(100);
      server = await startTestServer({ environment, folder: server.folder });
    },
    onStoreFailure: async (step) => {
      const { readings } = server.server.storage;
      if (step === "end") return void delete (readings as { append?: unknown }).append;
      readings.append = async () => {
        throw new StoreUnavailable("the disk is full");
      };
    },
    onTokenStoreFailure: async (step) => {
      const { directory: tokens } = server.server.storage;
      if (step === "end") return void delete (tokens as { findToken?: unknown }).findToken;
      tokens.findToken = async () => {
        throw new StoreUnavailable("the directory is away");
      };
    },
  };
}

const failures = ({ results }: Report) =>
  results.flatMap((result) => (result.outcome === "failed" ? [{ id: result.check.id, ...result }] : []));
const idsOf = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id).sort();

test("our own server passes every check, with every hook, and none is left unchecked", async () => {
  proxy.mutation = {};
  for (const base of [new URL(server.origin), proxy.base]) {
    const report = await runConformance({ ...(await options(base)), slow: true });
    expect(failures(report).map(({ check: _, ...rest }) => rest)).toEqual([]);
    expect(report.results.filter(({ outcome }) => outcome !== "passed").map(({ check }) => check.id)).toEqual(
      [],
    );
    expect(report.passed).toBe(CHECKS.length);
  }
}, 120_000);

describe("a server that breaks one rule fails just the checks of that rule", () => {
  /** What runs beside the rule that is broken: the checks of its group. */
  const groupOf = (breach: Breach) => [...new Set(breach.breaks.map((id) => `${id.split(".")[0]}.`))];
  for (const breach of BREACHES) {
    test(breach.breaks.join(" and "), async () => {
      proxy.mutation = breach;
      const report = await runConformance({
        ...(await options(proxy.base)),
        only: groupOf(breach),
        slow: true,
      });
      const found = idsOf(failures(report));
      expect(found).toEqual([...breach.breaks].sort());
    }, 60_000);
  }

  test("there is such a server for every check", () => {
    const broken = new Set(BREACHES.flatMap(({ breaks }) => breaks));
    expect(CHECKS.map(({ id }) => id).filter((id) => !broken.has(id))).toEqual([]);
  });
});

describe("what cannot be checked", () => {
  test("is reported as not checked with what it needs, and never as passed", async () => {
    const { base, tokens } = await options(new URL(server.origin));
    const report = await runConformance({
      base,
      tokens,
      only: ["room.", "fault.", "link.", "token.expired"],
    });
    const reasons = new Set(
      report.results.flatMap((result) => (result.outcome === "not checked" ? result.reason : [])),
    );
    expect(report.failed).toBe(0);
    expect([...reasons].sort()).toEqual([
      "it needs --expired-token",
      "it needs --on-restart",
      "it needs --on-revoke",
      "it needs --on-store-failure",
      "it needs --on-token-store-failure",
      "it needs --room",
      "it needs --widget",
    ]);
  });

  test("a server that answers nothing fails, and does not hold up the kit", async () => {
    proxy.mutation = {
      instead: ({ path }) =>
        path.includes("validate") ? undefined : { status: 200, headers: new Headers(), body: "" },
    };
    const report = await runConformance({ ...(await options(proxy.base)), only: ["latest.", "statistics."] });
    expect(report.failed).toBeGreaterThan(8);
  });
});

test("every check has an id of its own and a sentence", () => {
  expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(CHECKS.length);
  for (const { id, sentence } of CHECKS) {
    expect(id).toMatch(/^[a-z]+\.[a-z0-9.-]+$/);
    expect(sentence).toMatch(/^[A-Za-z].*\.$/);
  }
});
