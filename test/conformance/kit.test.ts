import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import {
  type ConformanceOptions,
  type Hooks,
  listChecks,
  type Report,
  runConformance,
  toJUnit,
} from "../../src/conformance/index.ts";
import { CheckedServer } from "../support/conformance/checkedServer.ts";
import { type Fault, MutatingProxy, made } from "../support/conformance/mutatingProxy.ts";

/** What the kit does where it cannot check, and what it never does. */
let server: CheckedServer;
beforeAll(async () => {
  server = await CheckedServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const ANSWER_TIMEOUT_MS = 300;

/** Runs the kit against our server with a fault. */
async function runWith(fault: Fault, options: Partial<ConformanceOptions>): Promise<Report> {
  using proxy = await MutatingProxy.start(server.origin, fault);
  return await runConformance({
    ...(await server.options()),
    base: proxy.origin,
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
    ...options,
  });
}

const outcomes = ({ results }: Report) => new Set(results.map(({ outcome }) => outcome));

describe("a check without what it needs", () => {
  test("is not checked, with what to give, and never passed", async () => {
    const { base, readToken, writeToken } = await server.options();
    const { results } = await runConformance({ base, readToken, writeToken });
    const needs = new Set(results.flatMap((one) => (one.outcome === "not checked" ? one.needs : [])));
    const flags = new Set([...needs].flatMap((need) => need.match(/--[a-z-]+/g) ?? []));
    expect([...flags].toSorted()).toEqual([
      "--client-id",
      "--empty-token",
      "--expired-token",
      "--on-authorize",
      "--on-restart",
      "--on-revoke",
      "--on-room-change",
      "--on-store-failure",
      "--on-token-store-failure",
      "--other-room",
      "--public-client-id",
      "--revocable-token",
      "--room",
      "--server-token",
      "--token",
      "--widget",
    ]);
    expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    const needing = listChecks().filter((check) => !check.isSlow && check.needs.length > 0);
    const passed = new Set(results.filter(({ outcome }) => outcome === "passed").map(({ id }) => id));
    // The two tokens open something beside what every check may use: each lacks the other's scope. And much was seen.
    const met = needing.filter(({ id }) => passed.has(id)).flatMap((check) => check.needs);
    expect(met.every((need) => /heart_rate|lacks|run before it/.test(need))).toBe(true);
  });

  test("is checked by one token that may do everything, as far as that goes", async () => {
    const { base, tokens } = await server.options();
    const report = await runConformance({ base, tokens: tokens?.slice(0, 1), only: "latest,live,widgets" });
    expect(report.failed).toBe(0);
    expect(report.passed).toBeGreaterThan(50);
  });

  test("is checked with a widget that is given, where no token may make one", async () => {
    const { base, readToken, writeToken, tokens } = await server.options();
    const made = await fetch(`${server.origin}/api/v1/widgets`, {
      method: "POST",
      headers: { authorization: `Bearer ${tokens?.[0]}` },
      body: "{}",
    });
    const { widget } = (await made.json()) as { readonly widget: { readonly id: string } };
    const options = { base, readToken, writeToken, widget: widget.id, only: "link.feed,link.socket-frame" };
    expect(outcomes(await runConformance(options))).toEqual(new Set(["passed"]));
  });
});

describe("a server that does not answer fails checks and holds up nobody", () => {
  /** Everything but what the kit begins with: what the tokens are, and the latest reading. */
  const afterwards = (act: Fault["answer"] & {}): Fault => {
    let hasBegun = false;
    return {
      answer: (request, next) => {
        if (hasBegun && !request.path.endsWith("validate")) return act(request, next);
        hasBegun ||= request.path.endsWith("latest");
        return next(request);
      },
    };
  };

  test.each<[what: string, fault: Fault]>([
    ["hangs", afterwards(() => new Promise(() => {}))],
    ["hangs up", afterwards(() => undefined)],
    [
      "has a page for everything",
      afterwards(() => made(200, "<h1>Hello</h1>", { "content-type": "text/html" })),
    ],
    ["has JSON of no kind for everything", afterwards(() => made(200, "null"))],
    ["says that every request is wrong", afterwards(() => made(400, "{}"))],
  ])(
    "one that %s",
    async (_, fault) => {
      const report = await runWith(fault, { only: "latest" });
      expect(report.failed).toBeGreaterThan(10);
      expect(report.notChecked).toBe(0);
    },
    60_000,
  );

  test("one that accepts a socket and says nothing, not even when it is asked to close", async () => {
    const report = await runWith(
      { frame: () => [] },
      { only: "live.frame-json,live.client-pings-are-answered" },
    );
    expect(outcomes(report)).toEqual(new Set(["failed"]));
  });

  test("one that hangs when the widgets of the run are deleted, which is waited for once", async () => {
    let deletions = 0;
    const fault: Fault = {
      answer: (request, next) => {
        if (request.method !== "DELETE") return next(request);
        deletions++;
        return new Promise(() => {});
      },
    };
    const report = await runWith(fault, { only: "widgets" });
    expect(report.failed).toBe(0);
    expect(deletions).toBe(1);
  });

  test("one that speaks no HTTP", async () => {
    const silent: Server = createServer((socket) => socket.end("220 smtp.example ESMTP\r\n"));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const base = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    await expect(runConformance({ ...(await server.options()), base })).rejects.toMatchObject({
      name: "NoAnswer",
    });
    silent.close();
  });
});

describe("the kit does not begin", () => {
  const refused: readonly (readonly [what: string, options: Partial<ConformanceOptions>, message: string])[] =
    [
      [
        "without an address",
        { base: "pulse" },
        'must be an address such as http://localhost:4327, got "pulse"',
      ],
      [
        "without any token",
        { readToken: undefined, tokens: [] },
        "A token of the test user that holds data:heart_rate:read is missing",
      ],
      ["with a token that is no UUID", { readToken: "secret" }, "The read token is not a UUID"],
      ["with an expired token that is no UUID", { expiredToken: "*" }, "The expired token is not a UUID"],
      ["with a server's token that is no UUID", { serverToken: "(" }, "The token of a server is not a UUID"],
      ["with a client id that is no UUID", { clientId: "app" }, "The client id is not a UUID"],
      ["with a secret that is no UUID", { clientSecret: "s" }, "The client's secret is not a UUID"],
      [
        "with a client whose secret is not told",
        { clientSecret: undefined },
        "The client id and the client's secret must be given together",
      ],
      ["with a widget that is no UUID", { widget: "+" }, "The widget is not a UUID"],
      [
        "with a token that is refused",
        { readToken: crypto.randomUUID() },
        "The read token is refused; did it expire",
      ],
      ["with a check that is not there", { only: "write,dance" }, 'No check is called "dance"'],
      [
        "with slow checks alone that were not asked for",
        { only: "timing" },
        "run only when they are asked for",
      ],
      [
        "with checks alone of what Heartwire decided, that were not asked for",
        { only: "link.rpc-no-json" },
        "checks of what Heartwire decided, which run only when they are asked for",
      ],
      ["with a time in which nobody can answer", { answerTimeoutMs: 0 }, "longer than 0"],
    ];
  test.each(refused)("%s", async (_, options, message) => {
    const running = runConformance({ ...(await server.options()), ...options });
    await expect(running).rejects.toMatchObject({
      name: "UnusableOptions",
      message: expect.stringContaining(message),
    });
  });

  test("with a user whose latest reading is of tomorrow, for which every new one would have to wait", async () => {
    const tomorrow = `{"measured_at":${Date.now() + 86_400_000},"data":{"heart_rate":72}}`;
    const fault: Fault = {
      answer: (request, next) => (request.path.endsWith("latest") ? made(200, tomorrow) : next(request)),
    };
    await expect(runWith(fault, {})).rejects.toMatchObject({
      name: "UnusableOptions",
      message: expect.stringContaining("more than 60 s from now: the server believed a clock that was ahead"),
    });
  });

  test("with tokens that lack their scope", async () => {
    const options = await server.options();
    const { readToken, writeToken } = options;
    await expect(runConformance({ ...options, readToken: writeToken })).rejects.toThrow(
      "The read token lacks the scope data:heart_rate:read.",
    );
    await expect(runConformance({ ...options, writeToken: readToken })).rejects.toThrow(
      "The write token lacks the scope data:heart_rate:write.",
    );
  });

  test("with tokens of two users", async () => {
    const writeToken = await server.token("somebody", ["data:heart_rate:write"]);
    await expect(runConformance({ ...(await server.options()), writeToken })).rejects.toThrow(
      "The read and the write token must belong to the same user.",
    );
  });

  test("with a redirect address whose port is taken", async () => {
    const callbackPort = Number(new URL(server.origin).port);
    await expect(runConformance({ ...(await server.options()), callbackPort })).rejects.toMatchObject({
      name: "UnusableOptions",
      message: expect.stringContaining("The redirect address cannot be opened"),
    });
  });

  test("where nobody listens", async () => {
    const options = { ...(await server.options()), base: "http://127.0.0.1:1" };
    await expect(runConformance(options)).rejects.toMatchObject({ name: "NoAnswer" });
  });

  test("where the certificate is nobody's that is trusted, or there is no TLS at all", async () => {
    const base = server.origin.replace("http:", "https:");
    await expect(runConformance({ ...(await server.options()), base })).rejects.toMatchObject({
      name: "NoAnswer",
    });
  });
});

describe("a store that was made to fail", () => {
  test("is let work again when the command that breaks it fails afterwards", async () => {
    const steps: (string | undefined)[] = [];
    const storeFailure: Hooks["storeFailure"] = ({ CONFORMANCE_STEP }) => {
      steps.push(CONFORMANCE_STEP);
      if (CONFORMANCE_STEP === "begin") throw new Error("its command ended with 3");
    };
    const only = "store-failure.write";
    const { results } = await runConformance({ ...(await server.options()), hooks: { storeFailure }, only });
    expect(results).toMatchObject([{ outcome: "failed", got: "its command ended with 3" }]);
    expect(steps).toEqual(["begin", "end"]);
  });
});

test("the ten minutes of a device code are waited for, unless the run is ended meanwhile", async () => {
  const { whenPassed: _, ...options } = await server.options();
  const ending = new AbortController();
  const { results } = await runConformance({
    ...options,
    slow: true,
    only: "oauth-device-expiry",
    signal: ending.signal,
    onStart: (id) => {
      if (id.endsWith("expired")) setTimeout(() => ending.abort(), 200);
    },
  });
  expect(results.map(({ id, outcome }) => [id, outcome])).toEqual([
    ["oauth-device-expiry.begins", "passed"],
    ["oauth-device-expiry.expired", "not checked"],
  ]);
  expect(results[1]?.durationMs).toBeWithin(150, 5_000);
});

describe("a report", () => {
  test("holds no token, whatever the server says", async () => {
    const options = await server.options();
    const secrets = [options.readToken, options.writeToken, ...(options.tokens ?? []), options.emptyToken];
    const echo = secrets.join(" ").toUpperCase();
    using proxy = await MutatingProxy.start(server.origin, {
      answer: async (request, next) =>
        request.path.endsWith("validate") ? await next(request) : made(418, `"${"x".repeat(350)}${echo}"`),
    });
    const report = await runConformance({ ...options, base: proxy.origin, only: "latest,profile" });
    expect(report.failed).toBeGreaterThan(10);
    const text = `${JSON.stringify(report)}${toJUnit(report)}`.toLowerCase();
    // Not its beginning either, where a long answer is cut.
    expect(secrets.filter((secret) => text.includes(secret?.slice(0, 13) ?? ""))).toEqual([]);
    expect(text).toContain("<token>");
  });

  test("holds no id of a widget that was made, nor a token without its dashes", async () => {
    const options = await server.options();
    const secrets: string[] = [String(options.expiredToken).replaceAll("-", "")];
    const fault: Fault = {
      answer: async (request, next) => {
        const answer = await next(request);
        const made_ = /"widget":\{"id":"([^"]*)"/.exec(answer.text)?.[1];
        if (made_ !== undefined) secrets.push(made_);
        return request.path === "/v1/api/public/rpc" ? made(200, secrets.join(" ").toUpperCase()) : answer;
      },
    };
    const report = await runWith(fault, { only: "link" });
    const text = JSON.stringify(report).toLowerCase();
    expect(secrets.length).toBeGreaterThan(1);
    expect(secrets.filter((secret) => text.includes(secret.toLowerCase()))).toEqual([]);
    expect(text).toContain("<widget>");
  });

  test("holds no token or code that an app was given, nor the app's secret", async () => {
    const given =
      /"(?:access_token|refresh_token|device_code|user_code)":"([^"]*)"|[?&#](?:code|access_token)=([^&"]*)/g;
    const { clientSecret = "" } = await server.options();
    const secrets = new Set([clientSecret]);
    const fault: Fault = {
      answer: async (request, next) => {
        const answer = await next(request);
        for (const [, token, code] of answer.text.matchAll(given)) secrets.add(token ?? code ?? "");
        const isMeant = request.path.startsWith("/oauth2/") && answer.status >= 400;
        return isMeant ? made(418, [...secrets].join(" ").toUpperCase()) : answer;
      },
    };
    const report = await runWith(fault, { only: "oauth-code,oauth-device,oauth-token" });
    const text = JSON.stringify(report).toLowerCase();
    expect(report.failed).toBeGreaterThan(10);
    expect(secrets.size).toBeGreaterThan(10);
    expect([...secrets].filter((secret) => text.includes(secret.slice(0, 13)))).toEqual([]);
    expect(text).toContain("<token>");
  });

  test("says that no browser came to the redirect address", async () => {
    const hooks: Hooks = { authorize: () => {} };
    const only = "oauth-code.redeems";
    const report = await runConformance({ ...(await server.options()), hooks, only, answerTimeoutMs: 300 });
    expect(report.results).toMatchObject([
      { outcome: "failed", got: "no browser came to the redirect address within 0.3 s of the hook's end" },
    ]);
  });

  test("says of a hook that failed what was wrong with it", async () => {
    const options = await server.options();
    const hooks = { revoke: () => Promise.reject(new Error("there is no such user")) };
    const { results } = await runConformance({ ...options, hooks, only: "revocation.closes-live-socket" });
    expect(results).toMatchObject([
      { outcome: "failed", expected: "the hook revoke to succeed", got: "there is no such user" },
    ]);
  });

  test("is not passed by what looks back at nothing", async () => {
    const report = await runConformance({ ...(await server.options()), only: "whole-run" });
    expect(outcomes(report)).toEqual(new Set(["not checked"]));
  });

  test("is JUnit's XML too, with what was not checked as skipped", async () => {
    const { base, readToken, writeToken } = await server.options();
    using proxy = await MutatingProxy.start(String(base), {
      answer: async (request, next) =>
        request.query.has("response_mode") ? made(200, '\u0007<&">') : next(request),
    });
    const only = "latest.json,latest.plain-text,latest.none-yet";
    const report = await runConformance({ base: proxy.origin, readToken, writeToken, only });
    const xml = toJUnit(report);
    expect(xml).toStartWith(
      '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="Pulsoid wire" tests="3" failures="1" skipped="1"',
    );
    expect(xml).toMatch(
      /<testcase classname="latest\.json" name="The latest reading is [^"]*" time="[\d.]+"\/>/,
    );
    expect(xml).toContain("got:      200 application/json: \ufffd&lt;&amp;&quot;&gt;");
    expect(xml).toContain('<skipped message="not checked: needs a token with data:heart_rate:read of a user');
  });
});
