import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import type { Call } from "../../src/api/context.ts";
import { isLocal } from "../../src/api/hosts.ts";
import { underPulsoidHost } from "../../src/api/pulsoidHost.ts";
import { issue } from "../../src/certificates/authority.ts";
import { removePrepared, writePrepared } from "../../src/certificates/dropinFolder.ts";
import { sharedAddress } from "../../src/cli/serverAddress.ts";
import { PULSOID_HOSTS } from "../../src/domain/pulsoidHosts.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import { readSettings } from "../../src/settings/settings.ts";
import { freePort } from "../support/freePort.ts";
import { Listener } from "../support/listener.ts";
import { exchange, type RawAnswer } from "../support/rawConnection.ts";
import { LATEST_PATH, WRITE_PATH } from "../support/requests.ts";
import { newPerson, newRoom, ROOMS } from "../support/rooms.ts";
import {
  READ_AND_WRITE,
  startTestServer,
  type TestServer,
  throwAwayFolder,
  write,
} from "../support/server.ts";
import { askRpc, getWidget, newWidget, OWN_WIDGETS, WIDGET_SCOPES } from "../support/widgets.ts";

/** A server whose machine is prepared for apps with Pulsoid's hosts built in, on ports that need no root. */
const folder = throwAwayFolder();
const [https, http] = [freePort(), freePort()];
let server: TestServer;
let authority: string;
beforeAll(async () => {
  const issued = await issue(PULSOID_HOSTS, new Date());
  authority = issued.authority;
  writePrepared(folder, issued);
  server = await startTestServer({ folder, environment: { HEARTWIRE_DROPIN_PORTS: `${https},${http}` } });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const COOKIE = "session=5f0c7a52-canary";

/** Asks under one of Pulsoid's names, as a browser does that has a cookie for it. */
function ask(
  path: string,
  { method = "GET", host = "pulsoid.net", headers = [] as readonly string[] } = {},
): Promise<RawAnswer> {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, `Cookie: ${COOKIE}`, ...headers];
  return exchange(`http://127.0.0.1:${http}`, `${lines.join("\r\n")}\r\n\r\n`);
}

describe("under one of Pulsoid's hosts", () => {
  for (const host of [...PULSOID_HOSTS, "PULSOID.net:80"]) {
    test(`${host} programs are answered at once`, async () => {
      const token = await server.token(READ_AND_WRITE);
      const headers = [`Authorization: Bearer ${token}`];
      await write(server.origin, token, Date.now(), 64);
      const { status, body } = await ask(LATEST_PATH, { host, headers });
      expect(status).toBe(200);
      expect(JSON.parse(body).data).toEqual({ heart_rate: 64 });
    });
  }

  test("https is answered with the certificate that was prepared, and a socket over plain ws", async () => {
    const token = await server.token(READ_AND_WRITE);
    const address = `https://localhost:${https}/api/v1/token/validate`;
    const tls = { ca: authority, serverName: "dev.pulsoid.net" };
    const headers = { authorization: `Bearer ${token}`, host: "dev.pulsoid.net" };
    expect((await fetch(address, { headers, tls })).status).toBe(200);
    using listener = await Listener.open(`http://127.0.0.1:${http}`, token);
    await write(server.origin, token, Date.now(), 65);
    expect(await listener.heard(1)).toEqual([expect.stringContaining('"heart_rate":65')]);
  });

  test("an unknown path is a JSON 404, and another method a JSON 405", async () => {
    for (const path of ["/api/none", "/v1/api/none", "/oauth2/none", "/none"]) {
      const { status, body } = await ask(path);
      expect({ status, code: JSON.parse(body).error_code }).toEqual({ status: 404, code: 8004 });
    }
    expect((await ask(WRITE_PATH)).status).toBe(405);
    expect((await ask("/", { method: "POST" })).status).toBe(405);
  });

  describe("a page is asked for again at this server's own address", () => {
    const id = "2b0f8a52-7d0e-4d35-9a3e-1c8f0f6f2f10";
    const pages = [
      ["/", "/"],
      ["/ui/keys", "/ui/keys"],
      ["/ui/widgets?tab=2", "/ui/widgets?tab=2"],
      [`/widget/view/${id}`, `/widget/view/${id}`],
      ["/metrics", "/metrics"],
      [`/ui/keys?access_token=${id}`, "/ui/keys"],
      [`/?a=b&refresh_token=${id}`, "/"],
      [`/?ACCESS_TOKEN=${id}`, "/"],
    ] as const;
    for (const [asked, told] of pages) {
      test(asked.replace(id, "…"), async () => {
        for (const method of ["GET", "HEAD"]) {
          const { status, headers, body } = await ask(asked, { method });
          expect({ status, body }).toEqual({ status: 307, body: "" });
          expect(headers.get("location")).toBe(`${server.origin}${told}`);
          expect(headers.get("cache-control")).toBe("no-store");
        }
      });
    }

    test("which is the public one, where there is one", async () => {
      await using other = await startTestServer({
        environment: {
          HEARTWIRE_PUBLIC_URL: "https://heart.example.org",
          HEARTWIRE_ALLOWED_HOSTS: "pulsoid.net",
        },
      });
      const { headers } = await exchange(other.origin, "GET /ui/keys HTTP/1.1\r\nHost: pulsoid.net\r\n\r\n");
      expect(headers.get("location")).toBe("https://heart.example.org/ui/keys");
    });

    test("never at another one, however the path is written", async () => {
      for (const path of ["//evil.example/", "/\\evil.example", "/ui/..//evil.example"]) {
        const { headers } = await ask(path);
        expect(headers.get("location") ?? server.origin).toStartWith(server.origin);
      }
    });

    test("never in a circle, whatever the public address says", async () => {
      await using other = await startTestServer({
        environment: { HEARTWIRE_PUBLIC_URL: "https://pulsoid.net" },
      });
      const { headers } = await exchange(other.origin, "GET / HTTP/1.1\r\nHost: pulsoid.net\r\n\r\n");
      expect(headers.get("location")).toBe(`${other.origin}/`);
    });
  });

  test("no endpoint reads a cookie, and none that it sets reaches the browser", async () => {
    const request = new Request("http://pulsoid.net/api/v1/none", {
      headers: { cookie: COOKIE, "x-other": "kept" },
    });
    const seen: (string | null)[] = [];
    const response = await underPulsoidHost({ request } as Call, (call) => {
      seen.push(call.request.headers.get("cookie"), call.request.headers.get("x-other"));
      return new Response(null, { headers: { "set-cookie": COOKIE, "x-other": "kept" } });
    });
    expect(seen).toEqual([null, "kept"]);
    expect([...(response as Response).headers]).toEqual([["x-other", "kept"]]);
  });

  describe("an address that is given away leads to this server's own, and not to the real site", () => {
    const postUnder = async (host: string, token: string, method: string, path: string) => {
      const headers = [`Authorization: Bearer ${token}`, "Content-Length: 2"];
      const head = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, ...headers].join("\r\n");
      return JSON.parse((await exchange(`http://127.0.0.1:${http}`, `${head}\r\n\r\n{}`)).body);
    };

    test("in an invitation", async () => {
      const anna = await newPerson(server);
      const path = `${ROOMS}/${await newRoom(server, anna)}/invitations`;
      const { invitation } = await postUnder("pulsoid.net", anna.token, "POST", path);
      expect(invitation.link).toBe(`${server.origin}/join#${invitation.code}`);
    });

    test("of an overlay, while a socket's stays where it was asked for", async () => {
      const token = await server.token(WIDGET_SCOPES);
      const { id } = await newWidget(server, token);
      const path = `${OWN_WIDGETS}/${id}/link`;
      const { widget, address } = await postUnder("dev.pulsoid.net", token, "PUT", path);
      expect(address).toBe(`${server.origin}/widget/view/${widget.id}`);
      expect(
        await askRpc(`http://127.0.0.1:${http}`, getWidget(widget.id), { host: "pulsoid.net" }),
      ).toContain(`"ramielUrl":"ws://pulsoid.net/listen/${widget.id}"`);
    });

    test("on the command line, whatever the public address says", () => {
      const settings = { host: undefined, port: 4327 };
      const publicUrl = (address: string) => ({ ...settings, publicUrl: new URL(address) });
      expect(sharedAddress(publicUrl("https://pulsoid.net"))).toBe("http://localhost:4327");
      expect(sharedAddress(publicUrl("https://heart.example.org"))).toBe("https://heart.example.org");
    });
  });

  test("no cookie is set, and none is logged or told back", async () => {
    for (const path of [
      "/",
      "/none",
      "/api/none",
      LATEST_PATH,
      "/health/ready",
      "/ui/keys",
      "/v1/api/feed/x",
    ]) {
      for (const method of ["GET", "POST", "OPTIONS"]) {
        const { headers, body } = await ask(path, { method });
        expect([...headers.keys()]).not.toContain("set-cookie");
        expect([...headers.values(), body].join(" ")).not.toContain("canary");
      }
    }
    expect(server.log.lines.join("\n")).not.toContain("canary");
    expect(server.log.lines.join("\n")).toContain("/api/v1/data/heart_rate/latest");
  });
});

describe("Pulsoid's hosts are allowed", () => {
  const status = async (of: TestServer, host: string) =>
    (await exchange(of.origin, `GET /api/none HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).status;

  test("only while the machine is prepared, which the server notices without a restart", async () => {
    await using other = await startTestServer({
      environment: { HEARTWIRE_DROPIN_PORTS: `${freePort()},${freePort()}` },
    });
    expect(await status(other, "dev.pulsoid.net")).toBe(421);
    writePrepared(other.folder, await issue(PULSOID_HOSTS, new Date()));
    while ((await status(other, "dev.pulsoid.net")) === 421) await Bun.sleep(50);
    expect(await status(other, "other.pulsoid.net")).toBe(421);
    removePrepared(other.folder);
    while ((await status(other, "dev.pulsoid.net")) !== 421) await Bun.sleep(50);
  });

  test("also where the operator names them, behind a proxy of their own", async () => {
    await using other = await startTestServer({
      environment: { HEARTWIRE_ALLOWED_HOSTS: "dev.pulsoid.net" },
    });
    expect(await status(other, "dev.pulsoid.net")).toBe(404);
    expect(await status(other, "pulsoid.net")).toBe(421);
  });
});

test("what was prepared and cannot be used is told, and the server serves the rest", async () => {
  const old = new Date(Date.now() - 400 * 86_400_000);
  const data = throwAwayFolder();
  writePrepared(data, await issue(PULSOID_HOSTS, old));
  await using other = await startTestServer({ folder: data });
  expect(other.server.dropinProblems).toEqual([
    expect.stringMatching(
      /^What "heartwire dropin on" prepared cannot be used: it expired on \d{4}-\d\d-\d\d\.$/,
    ),
  ]);
  expect((await fetch(`${other.origin}/health/ready`)).status).toBe(200);
  rmSync(data, { recursive: true });
});

test("what was prepared and could not be used is used as soon as it can be, and told once until then", async () => {
  const data = throwAwayFolder();
  const now = Date.now();
  let isBehind = true;
  writePrepared(data, await issue(PULSOID_HOSTS, new Date(now)));
  await using other = await startTestServer({
    folder: data,
    environment: { HEARTWIRE_DROPIN_PORTS: `${freePort()},${freePort()}` },
    clock: () => (isBehind ? now - 86_400_000 : now) as EpochMs,
  });
  const status = async () =>
    (await exchange(other.origin, "GET /api/none HTTP/1.1\r\nHost: pulsoid.net\r\n\r\n")).status;
  expect(other.server.dropinProblems).toEqual([expect.stringContaining("it holds only from")]);
  expect(await status()).toBe(421);
  isBehind = false;
  while ((await status()) === 421) await Bun.sleep(50);
  expect(other.log.lines.filter((line) => line.includes("it holds only from"))).toHaveLength(1);
  rmSync(data, { recursive: true });
});

test("a request under one of Pulsoid's hosts is local, as one under localhost is, unless it was forwarded", () => {
  const request = (headers: Record<string, string>) => new Request("http://localhost/", { headers });
  const settings = readSettings({});
  expect(isLocal(request({ host: "dev.pulsoid.net" }), settings)).toBe(true);
  expect(isLocal(request({ host: "other.pulsoid.net" }), settings)).toBe(false);
  expect(isLocal(request({ host: "dev.pulsoid.net", forwarded: "for=10.0.0.1" }), settings)).toBe(false);
});

test("a certificate whose authority is another one's is told, and not used", async () => {
  const data = throwAwayFolder();
  const [one, other] = await Promise.all([
    issue(PULSOID_HOSTS, new Date()),
    issue(PULSOID_HOSTS, new Date()),
  ]);
  for (const authority of [other.authority, "garbage"]) {
    writePrepared(data, { ...one, authority });
    await using running = await startTestServer({ folder: data });
    expect(running.server.dropinProblems).toEqual([
      expect.stringContaining("the authority beside it is not the one"),
    ]);
  }
  rmSync(data, { recursive: true });
});
