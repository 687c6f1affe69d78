import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Issued, isIssuedFor, issue } from "../../src/certificates/authority.ts";
import { authorityExtensions } from "../../src/certificates/extensions.ts";
import { keyIdOf, makeKeys, nameOf, sign } from "../../src/certificates/signing.ts";
import { PULSOID_HOSTS } from "../../src/domain/pulsoidHosts.ts";
import { KeptAuthority } from "../support/keptAuthority.ts";
import { hasProgram } from "../support/programs.ts";
import { throwAwayFolder } from "../support/server.ts";

const DAY_MS = 86_400_000;

/** RFC 5280 section 4.2.1.10. */
const NAME_CONSTRAINTS = "2.5.29.30";

const folder = throwAwayFolder();
const hasOpenssl = hasProgram("openssl", "openssl");
const now = new Date();
let issued: Issued;
beforeAll(async () => {
  issued = await issue(PULSOID_HOSTS, now);
  writeFileSync(join(folder, "authority.pem"), issued.authority);
  writeFileSync(join(folder, "certificate.pem"), issued.certificate);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function openssl(...words: readonly string[]): string {
  const { stdout, stderr } = Bun.spawnSync(["openssl", ...words], { cwd: folder });
  return `${stdout}${stderr}`;
}

/** What openssl says of a certificate's extension, without the spaces in front. */
function extension(file: string, name: string): string {
  return openssl("x509", "-in", file, "-noout", "-ext", name).replaceAll(/^ +/gm, "").trim();
}

/** Whether openssl, at its strictest, takes a certificate for a server of this host. */
function verdict(authority: string, certificate: string, host: string): string {
  writeFileSync(join(folder, "a.pem"), authority);
  writeFileSync(join(folder, "c.pem"), certificate);
  const name = /^[\d.]+$/.test(host) ? "-verify_ip" : "-verify_hostname";
  return openssl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", "a.pem", name, host, "c.pem");
}

describe("the certificate", () => {
  test("is good for every host that apps have built in, by the strictest rules", () => {
    if (!hasOpenssl) return;
    for (const host of PULSOID_HOSTS) {
      expect(verdict(issued.authority, issued.certificate, host)).toBe("c.pem: OK\n");
    }
    expect(verdict(issued.authority, issued.certificate, "localhost")).toContain("hostname mismatch");
  });

  test("holds for 397 days from an hour before it was made on, and its authority as long", () => {
    for (const pem of [issued.authority, issued.certificate]) {
      const { validFromDate, validToDate } = new X509Certificate(pem);
      expect(validToDate.getTime() - validFromDate.getTime()).toBe(397 * DAY_MS);
      expect(Math.abs(now.getTime() - 3_600_000 - validFromDate.getTime())).toBeLessThan(1_000);
    }
  });

  test("is for servers alone, and no authority", () => {
    if (!hasOpenssl) return;
    expect(extension("certificate.pem", "extendedKeyUsage")).toEndWith("TLS Web Server Authentication");
    expect(extension("certificate.pem", "basicConstraints")).toBe(
      "X509v3 Basic Constraints: critical\nCA:FALSE",
    );
    expect(extension("certificate.pem", "keyUsage")).toBe("X509v3 Key Usage: critical\nDigital Signature");
  });
});

test("every signature can be read, whatever its numbers begin with", async () => {
  for (let round = 0; round < 200; round++) {
    const { authority, certificate } = await issue(["localhost"], now);
    const signer = new X509Certificate(authority);
    expect(new X509Certificate(certificate).verify(signer.publicKey)).toBe(true);
    expect(signer.verify(signer.publicKey)).toBe(true);
  }
});

describe("the authority", () => {
  test("says that it is for these names and no address, in extensions that nobody may overlook", () => {
    if (!hasOpenssl) return;
    expect(extension("authority.pem", "nameConstraints")).toBe(
      [
        "X509v3 Name Constraints: critical",
        "Permitted:",
        ...PULSOID_HOSTS.map((host) => `DNS:${host}`),
        "Excluded:",
        "IP:0.0.0.0/0.0.0.0",
        "IP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0",
      ].join("\n"),
    );
    expect(extension("authority.pem", "basicConstraints")).toEndWith("critical\nCA:TRUE, pathlen:0");
    expect(extension("authority.pem", "keyUsage")).toEndWith("critical\nCertificate Sign");
    expect(extension("authority.pem", "extendedKeyUsage")).toEndWith("TLS Web Server Authentication");
  });

  test("is another one each time, under another name", async () => {
    const other = await issue(PULSOID_HOSTS, now);
    const [one, two] = [issued, other].map(({ authority }) => new X509Certificate(authority));
    expect(one?.subject).not.toBe(two?.subject as string);
    expect(one?.serialNumber).not.toBe(two?.serialNumber as string);
    if (hasOpenssl) expect(verdict(other.authority, issued.certificate, "pulsoid.net")).not.toContain("OK");
  });

  test("signs with a key that cannot be taken out of the memory in which it was made", async () => {
    const signing = spyOn(crypto.subtle, "sign");
    await issue(PULSOID_HOSTS, now);
    const keys = signing.mock.calls.map(([, key]) => key);
    signing.mockRestore();
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      for (const format of ["pkcs8", "jwk"]) {
        await expect(crypto.subtle.exportKey(format as "jwk", key)).rejects.toThrow();
      }
    }
  });
});

describe("an authority in the place of one that was issued", () => {
  test("is told from it, whatever it may do more", async () => {
    expect(await isIssuedFor(PULSOID_HOSTS, issued.authority)).toBe(true);
    expect(await isIssuedFor(["localhost"], issued.authority)).toBe(false);
    const keys = await makeKeys({ extractable: true });
    const keyId = await keyIdOf(keys);
    const lifetime = { notBefore: now, notAfter: new Date(now.getTime() + 397 * DAY_MS) };
    const ours = authorityExtensions(PULSOID_HOSTS, keyId);
    const name = nameOf("Heartwire dropin", `Authority ${Buffer.from(keyId).toString("hex").slice(0, 8)}`);
    const same = { ...lifetime, issuer: name, subject: name, subjectKeys: keys, extensions: ours };
    const verdictOn = async (more: Partial<typeof same>) =>
      isIssuedFor(PULSOID_HOSTS, await sign({ ...same, ...more }, keys.privateKey));
    expect(await verdictOn({})).toBe(true);
    expect(await verdictOn({ extensions: ours.filter(({ extnID }) => extnID !== NAME_CONSTRAINTS) })).toBe(
      false,
    );
    expect(await verdictOn({ extensions: authorityExtensions([...PULSOID_HOSTS, "net"], keyId) })).toBe(
      false,
    );
    expect(await verdictOn({ notAfter: new Date(now.getTime() + 3_970 * DAY_MS) })).toBe(false);
    expect(await verdictOn({ issuer: nameOf("Other"), subject: nameOf("Other") })).toBe(false);
  });
});

describe("somebody who had the authority's key", () => {
  const refused = [
    [["evil.example"], "evil.example"],
    [["google.com", "pulsoid.net"], "google.com"],
    [["pulsoid.net.evil.example"], "pulsoid.net.evil.example"],
    [["notpulsoid.net"], "notpulsoid.net"],
    [["net"], "net"],
  ] as const;
  for (const [hosts, host] of refused) {
    test(`could not answer for ${host}`, async () => {
      if (!hasOpenssl) return;
      const authority = await KeptAuthority.make(PULSOID_HOSTS);
      const { certificate, key } = await authority.issueFor(hosts);
      expect(verdict(authority.certificate, certificate, host)).toContain("permitted subtree violation");
      using server = Bun.serve({ port: 0, tls: { cert: certificate, key }, fetch: () => new Response() });
      const tls = { ca: authority.certificate, serverName: host };
      await expect(fetch(server.url, { tls })).rejects.toThrow(/PERMITTED_SUBTREE|permitted subtree/i);
    });
  }

  test("could not answer for an address", async () => {
    if (!hasOpenssl) return;
    const authority = await KeptAuthority.make(PULSOID_HOSTS);
    const { certificate } = await authority.issueFor([], "127.0.0.1");
    expect(verdict(authority.certificate, certificate, "127.0.0.1")).toContain("excluded subtree violation");
  });

  test("could answer for Pulsoid's hosts and those below them: that much a constraint of names allows", async () => {
    if (!hasOpenssl) return;
    const authority = await KeptAuthority.make(PULSOID_HOSTS);
    for (const host of ["dev.pulsoid.net", "other.pulsoid.net"]) {
      const { certificate } = await authority.issueFor([host]);
      expect(verdict(authority.certificate, certificate, host)).toBe("c.pem: OK\n");
    }
  });

  test("could not make another authority", async () => {
    if (!hasOpenssl) return;
    const authority = await KeptAuthority.make(PULSOID_HOSTS);
    const below = await authority.makeAuthorityBelow("pulsoid.net");
    writeFileSync(join(folder, "below.pem"), below.authority);
    writeFileSync(join(folder, "a.pem"), authority.certificate);
    writeFileSync(join(folder, "c.pem"), below.certificate);
    expect(openssl("verify", "-CAfile", "a.pem", "-untrusted", "below.pem", "c.pem")).toContain(
      "path length constraint exceeded",
    );
  });
});
