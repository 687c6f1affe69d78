import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runHeartwire } from "../cli/runHeartwire.ts";
import { type CertificateFiles, writeCertificate } from "../support/certificateFiles.ts";
import { hasProgram } from "../support/programs.ts";
import { startHeartwire } from "../support/runningCommand.ts";
import { READ_AND_WRITE, startTestServer, throwAwayFolder, write } from "../support/server.ts";

const WRONG_USAGE = 2;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const folder = throwAwayFolder();
let files: CertificateFiles;
beforeAll(async () => {
  files = await writeCertificate(folder, ["localhost", "heart.example.org"]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const withTls = (environment: Record<string, string> = {}) =>
  startTestServer({ environment: { ...files.environment, HEARTWIRE_TLS_PORT: "0", ...environment } });

describe("with a certificate the server", () => {
  test("takes readings over https and tells them live over wss, beside plain http", async () => {
    await using server = await withTls();
    const token = await server.token(READ_AND_WRITE);
    const secure = server.server.secureUrl as URL;
    const tls = { ca: files.authority };
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(`wss://localhost:${secure.port}/api/v1/data/real_time`, {
      headers,
      tls,
    } as never);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error("the socket was refused"));
    });
    const frame = new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(data);
    });

    const body = JSON.stringify({ measured_at: 1_625_310_655_000, data: { heart_rate: 71 } });
    const written = await fetch(new URL("/api/v1/data", secure), { method: "POST", headers, body, tls });
    expect(written.status).toBe(200);
    expect(await frame).toBe('{"measured_at":1625310655000,"data":{"heart_rate":71}}');
    socket.close();

    expect((await write(server.origin, token, 1_625_310_656_000, 72)).status).toBe(200);
    const latest = await fetch(new URL("/api/v1/data/heart_rate/latest", secure), { headers, tls });
    expect(await latest.json()).toEqual({ measured_at: 1_625_310_656_000, data: { heart_rate: 72 } });
  });

  test("is not trusted by somebody who does not know who signed the certificate", async () => {
    await using server = await withTls();
    await expect(fetch(new URL("/health/live", server.server.secureUrl))).rejects.toThrow(/certificate/);
  });

  test("refuses a host that is not allowed, as over http", async () => {
    await using server = await withTls();
    const asked = fetch(server.server.secureUrl as URL, {
      headers: { host: "evil.example" },
      tls: { ca: files.authority },
    });
    expect((await asked).status).toBe(421);
  });

  test("puts https and wss into addresses that it tells over https", async () => {
    await using server = await withTls();
    const secure = server.server.secureUrl as URL;
    const description = await fetch(new URL("/openapi.json", secure), { tls: { ca: files.authority } });
    expect(await description.text()).toContain(`"${secure.origin}"`);
  });
});

describe("the address that is told for https", () => {
  test("has the name that the certificate is for, where the server answers under it", async () => {
    await using local = await withTls();
    expect(local.server.secureUrl?.hostname).toBe("localhost");
    await using named = await withTls({ HEARTWIRE_ALLOWED_HOSTS: "pulse.example.org,heart.example.org" });
    expect(named.server.secureUrl?.hostname).toBe("heart.example.org");
  });

  test("has the usual name where the certificate is for no name of the server, and the log says so", async () => {
    const other = await writeCertificate(makeFolder("other"), ["other.example.org"]);
    await using server = await withTls(other.environment);
    expect(server.server.secureUrl?.hostname).toBe("127.0.0.1");
    expect(server.log.lines.filter((line) => line.includes("DNS:other.example.org"))).toEqual([
      expect.stringContaining("add one of its names to HEARTWIRE_ALLOWED_HOSTS"),
    ]);
  });

  test("is printed at the start, beside the one for http", async () => {
    const data = join(folder, "printed");
    await using command = startHeartwire(["serve"], {
      ...files.environment,
      HEARTWIRE_DATA: data,
      HEARTWIRE_PORT: "0",
      HEARTWIRE_TLS_PORT: "0",
    });
    await command.stderr.until(/serves at http:\/\/localhost:\d+ and https:\/\/localhost:\d+\. Ctrl-C/);
  });
});

test("a port for TLS that is in use is told at the start, by the name of the setting", async () => {
  const other = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const refused = withTls({ HEARTWIRE_TLS_PORT: String(other.port) });
  await expect(refused).rejects.toThrow(
    `Port ${other.port} is in use. Stop what listens there, or choose another one with HEARTWIRE_TLS_PORT.`,
  );
  await other.stop(true);
});

describe("a certificate that cannot be used is told at the start, by the name of the setting", () => {
  const serve = (environment: Record<string, string>, through: readonly string[] = []) =>
    runHeartwire(["serve", "--port", "0", "--data", join(folder, "data")], { environment, through });

  async function expectRefused(environment: Record<string, string>, message: string): Promise<void> {
    const { code, stderr } = await serve(environment);
    expect(stderr).toBe(`${message}\n`);
    expect(code).toBe(WRONG_USAGE);
  }

  test("a file that is not there", async () => {
    const missing = join(folder, "none.pem");
    await expectRefused(
      { ...files.environment, HEARTWIRE_TLS_CERT: missing },
      `HEARTWIRE_TLS_CERT: ${missing} cannot be read: ENOENT: no such file or directory, open '${missing}'.`,
    );
  });

  test("a certificate without its key, and a key without its certificate", async () => {
    await expectRefused(
      { HEARTWIRE_TLS_CERT: files.cert },
      "HEARTWIRE_TLS_KEY: missing. HEARTWIRE_TLS_CERT is set, and one is of no use without the other.",
    );
    await expectRefused(
      { HEARTWIRE_TLS_KEY: files.key },
      "HEARTWIRE_TLS_CERT: missing. HEARTWIRE_TLS_KEY is set, and one is of no use without the other.",
    );
  });

  test("a port for TLS without a certificate, and one port for http and https", async () => {
    await expectRefused(
      { HEARTWIRE_TLS_PORT: "4328" },
      "HEARTWIRE_TLS_CERT and HEARTWIRE_TLS_KEY: missing. HEARTWIRE_TLS_PORT is set, and is of no use without them.",
    );
    for (const [port, given] of [
      ["4443", { HEARTWIRE_TLS_PORT: "4443" }],
      ["4328", {}],
    ] as const) {
      const { code, stderr } = await runHeartwire(["serve", "--port", port, "--data", join(folder, "data")], {
        environment: { ...files.environment, ...given },
      });
      expect(stderr).toBe(
        `HEARTWIRE_TLS_PORT: expected another port than HEARTWIRE_PORT, which is ${port} too: http and https take one each.\n`,
      );
      expect(code).toBe(WRONG_USAGE);
    }
  });

  test("a file that this user may not read", async () => {
    // Root may read everything, so that it has to be somebody else who tries.
    const isRoot = process.getuid?.() === 0;
    if (isRoot && !hasProgram("setpriv", "util-linux")) return;
    const locked = join(folder, "locked.pem");
    copyFileSync(files.key, locked);
    chmodSync(locked, 0);
    chmodSync(folder, 0o711);
    const through = isRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
    const { code, stderr } = await serve({ ...files.environment, HEARTWIRE_TLS_KEY: locked }, through);
    expect(stderr).toStartWith(`HEARTWIRE_TLS_KEY: ${locked} cannot be read: EACCES`);
    expect(code).toBe(WRONG_USAGE);
  });

  test("the key of another certificate", async () => {
    const other = join(folder, "other.pem");
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
    const bytes = Buffer.from(await crypto.subtle.exportKey("pkcs8", pair.privateKey)).toString("base64");
    writeFileSync(other, `-----BEGIN PRIVATE KEY-----\n${bytes}\n-----END PRIVATE KEY-----\n`);
    await expectRefused(
      { ...files.environment, HEARTWIRE_TLS_KEY: other },
      `HEARTWIRE_TLS_KEY: ${other} cannot be used: it is not the key of the certificate.`,
    );
  });

  test("two files given the wrong way round", async () => {
    await expectRefused(
      { HEARTWIRE_TLS_CERT: files.key, HEARTWIRE_TLS_KEY: files.cert },
      `HEARTWIRE_TLS_CERT: ${files.key} cannot be used: expected a certificate as PEM (-----BEGIN CERTIFICATE-----).`,
    );
    await expectRefused(
      { HEARTWIRE_TLS_CERT: files.cert, HEARTWIRE_TLS_KEY: files.cert },
      `HEARTWIRE_TLS_KEY: ${files.cert} cannot be used: expected a private key as PEM (-----BEGIN PRIVATE KEY-----).`,
    );
  });

  test("a key that wants a passphrase", async () => {
    if (!hasProgram("openssl", "openssl")) return;
    const locked = join(folder, "passphrase.pem");
    const words = ["pkcs8", "-topk8", "-in", files.key, "-out", locked, "-passout", "pass:secret"];
    expect(Bun.spawnSync(["openssl", ...words]).exitCode).toBe(0);
    await expectRefused(
      { ...files.environment, HEARTWIRE_TLS_KEY: locked },
      `HEARTWIRE_TLS_KEY: ${locked} cannot be used: expected a key without a passphrase.`,
    );
  });

  test("one that has expired, and one that does not hold yet", async () => {
    const madeAt = daysFromNow(-398);
    const expired = new Date(madeAt.getTime() + 397 * DAY_MS - HOUR_MS).toISOString().slice(0, 10);
    const { cert, environment } = await writeCertificate(folder, ["localhost"], madeAt);
    await expectRefused(environment, `HEARTWIRE_TLS_CERT: ${cert} cannot be used: it expired on ${expired}.`);
    await writeCertificate(folder, ["localhost"], daysFromNow(2));
    const { stderr } = await serve(environment);
    expect(stderr).toMatch(
      /^HEARTWIRE_TLS_CERT: .* cannot be used: it holds only from .*Z on \(is this machine's clock right\?\)\.\n$/,
    );
  });
});

function makeFolder(name: string): string {
  const made = join(folder, name);
  mkdirSync(made);
  return made;
}

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}
