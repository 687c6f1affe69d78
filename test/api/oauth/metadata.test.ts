import { describe, expect, test } from "bun:test";
import { exchange } from "../../support/rawConnection.ts";
import { startTestServer } from "../../support/server.ts";
import { sharedServer } from "../../support/sharedServer.ts";

/** The authorization server's metadata (RFC 8414), and what it says of itself elsewhere. */
const shared = sharedServer();
const PATH = "/.well-known/oauth-authorization-server";

interface Metadata {
  readonly issuer: string;
  readonly [name: string]: unknown;
}

async function metadataUnder(host: string): Promise<Metadata> {
  const { body } = await exchange(shared().origin, `GET ${PATH} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  return JSON.parse(body) as Metadata;
}

describe("the metadata", () => {
  test("names endpoints that are there, below its issuer", async () => {
    const response = await fetch(`${shared().origin}${PATH}`, { headers: { origin: "https://app.example" } });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const metadata = (await response.json()) as Metadata;
    const endpoints = Object.entries(metadata).filter(([name]) => name.endsWith("_endpoint"));
    expect(endpoints.map(([name]) => name)).toEqual([
      "authorization_endpoint",
      "token_endpoint",
      "device_authorization_endpoint",
      "revocation_endpoint",
      "introspection_endpoint",
    ]);
    for (const [name, address] of endpoints) {
      expect(address).toStartWith(`${metadata.issuer}/oauth2/`);
      const method = name === "authorization_endpoint" ? "GET" : "POST";
      const { status } = await fetch(address as string, { method });
      expect({ name, status }).toEqual({ name, status: 400 });
    }
  });

  test("lists what works, and nothing else", async () => {
    const metadata = await metadataUnder("localhost");
    expect(metadata).toMatchObject({
      response_types_supported: ["code", "token"],
      response_modes_supported: ["query", "fragment", "web_page"],
      code_challenge_methods_supported: ["S256"],
      token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
      authorization_response_iss_parameter_supported: true,
    });
    expect(metadata.grant_types_supported).toEqual([
      "authorization_code",
      "refresh_token",
      "implicit",
      "client_credentials",
      "urn:ietf:params:oauth:grant-type:device_code",
    ]);
    for (const absent of ["registration_endpoint", "jwks_uri", "userinfo_endpoint"]) {
      expect(metadata[absent]).toBeUndefined();
    }
  });
});

describe("the issuer", () => {
  test("is the origin at which the server is asked; a loopback address stands for localhost, where its pages are", async () => {
    const { port } = new URL(shared().origin);
    const issuers = await Promise.all(
      [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`].map(
        async (host) => (await metadataUnder(host)).issuer,
      ),
    );
    expect(new Set(issuers)).toEqual(new Set([`http://localhost:${port}`]));
  });

  test("is the public address where there is one, and nobody's header changes it", async () => {
    const environment = { HEARTWIRE_PUBLIC_URL: "https://heart.example.org" };
    await using server = await startTestServer({ environment });
    const headers = {
      forwarded: "host=evil.example;proto=https",
      "x-forwarded-host": "evil.example",
    };
    const response = await fetch(`${server.origin}${PATH}`, { headers });
    expect(((await response.json()) as Metadata).issuer).toBe("https://heart.example.org");
  });
});

describe("under one of Pulsoid's hosts, which this machine leads here", () => {
  test("programs are answered, and every page is at this server's own origin", async () => {
    const environment = { HEARTWIRE_ALLOWED_HOSTS: "pulsoid.net" };
    await using server = await startTestServer({ environment });
    const own = server.server.url.origin;
    const form = `client_id=${crypto.randomUUID()}&scope=data:heart_rate:read`;
    const device = await exchange(
      server.origin,
      [
        "POST /oauth2/device_authorization HTTP/1.1",
        "Host: pulsoid.net",
        "Content-Type: application/x-www-form-urlencoded",
        `Content-Length: ${form.length}`,
        "",
        form,
      ].join("\r\n"),
    );
    expect(device.status).toBe(200);
    expect(JSON.parse(device.body).verification_uri).toStartWith(own.replace("127.0.0.1", "localhost"));
    const query = "?response_type=token&response_mode=web_page&client_id=x&redirect_uri=&state=&scope=a,b";
    const asked = `GET /oauth2/authorize${query} HTTP/1.1\r\nHost: pulsoid.net\r\n\r\n`;
    const { status, headers } = await exchange(server.origin, asked);
    expect({ status, location: headers.get("location") }).toEqual({
      status: 307,
      location: `${own}/oauth2/authorize${query}`,
    });
  });
});
