import { describe, expect, test } from "bun:test";
import { Listener } from "../support/listener.ts";
import { exchange, requestText } from "../support/rawConnection.ts";
import { MOMENT } from "../support/requests.ts";
import { startTestServer, write } from "../support/server.ts";
import { newUserToken, sharedServer } from "../support/sharedServer.ts";

/** `GET /metrics`: by default for local requests only. */
const shared = sharedServer();

const askFor = async (origin: string, headers: Record<string, string> = {}) =>
  (await fetch(`${origin}/metrics`, { headers })).status;

describe("who may read it by default", () => {
  test("a local request", async () => {
    const response = await fetch(`${shared().origin}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toStartWith("text/plain");
    expect(await response.text()).toContain("# TYPE heartwire_readings_total counter");
  });

  const forwarded = {
    Forwarded: "for=192.0.2.60;proto=http",
    "X-Forwarded-For": "192.0.2.60",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "heart.example.org",
    "x-forwarded-anything": "1",
    Via: "1.1 proxy",
    "X-Real-IP": "192.0.2.60",
    "CF-Connecting-IP": "192.0.2.60",
  };
  for (const [name, value] of Object.entries(forwarded)) {
    test(`none that a proxy forwarded: ${name}`, async () => {
      const response = await fetch(`${shared().origin}/metrics`, { headers: { [name]: value } });
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ error_code: 8004, error_message: "not found" });
    });
  }

  test("none when the server has a public address", async () => {
    const environment = { HEARTWIRE_PUBLIC_URL: "https://heart.example.org" };
    await using server = await startTestServer({ environment });
    expect(await askFor(server.origin)).toBe(404);
  });

  test("none under another host name, though the name is allowed", async () => {
    const environment = { HEARTWIRE_ALLOWED_HOSTS: "heart.example.org" };
    await using server = await startTestServer({ environment });
    expect(await askFor(server.origin)).toBe(200);
    const { status } = await exchange(
      server.origin,
      "GET /metrics HTTP/1.1\r\nHost: heart.example.org\r\n\r\n",
    );
    expect(status).toBe(404);
  });

  test("none when the server listens on every interface", async () => {
    await using server = await startTestServer({ environment: { HEARTWIRE_HOST: "0.0.0.0" } });
    expect(await askFor(`http://127.0.0.1:${server.server.url.port}`)).toBe(404);
  });
});

describe("the setting", () => {
  test("on: everybody may", async () => {
    await using server = await startTestServer({ environment: { HEARTWIRE_METRICS: "on" } });
    expect(await askFor(server.origin, { "x-forwarded-for": "192.0.2.60" })).toBe(200);
  });

  test("off: nobody may", async () => {
    await using server = await startTestServer({ environment: { HEARTWIRE_METRICS: "off" } });
    expect(await askFor(server.origin)).toBe(404);
  });
});

describe("what it counts", () => {
  async function valuesOf(origin: string): Promise<ReadonlyMap<string, number>> {
    const { body } = await exchange(origin, requestText("GET /metrics", []));
    const lines = body.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    return new Map(
      lines.map((line) => {
        const space = line.lastIndexOf(" ");
        return [line.slice(0, space), Number(line.slice(space + 1))];
      }),
    );
  }

  test("answers by status, readings by what became of them, listeners and frames", async () => {
    await using server = await startTestServer();
    const token = await newUserToken(server);
    const first = await Listener.open(server.origin, token);
    using second = await Listener.open(server.origin, token);
    for (const bpm of [75, 75, 76]) await write(server.origin, token, MOMENT + bpm, bpm);
    await write(server.origin, token, MOMENT, 0);
    await write(server.origin, token, -1, 75);
    await second.heard(2);

    const values = await valuesOf(server.origin);
    expect(values.get('heartwire_http_responses_total{status="200"}')).toBe(4);
    expect(values.get('heartwire_http_responses_total{status="400"}')).toBe(1);
    expect(values.get('heartwire_http_responses_total{status="101"}')).toBe(2);
    expect(values.get('heartwire_readings_total{result="stored"}')).toBe(2);
    expect(values.get('heartwire_readings_total{result="repeated"}')).toBe(1);
    expect(values.get('heartwire_readings_total{result="refused"}')).toBe(0);
    expect(values.get("heartwire_sockets_open")).toBe(2);
    expect(values.get("heartwire_frames_sent_total")).toBe(4);
    expect(values.get("heartwire_store_fresh_readings")).toBe(2);
    expect(values.get("heartwire_store_commit_errors_total")).toBe(0);
    expect(values.get("process_resident_memory_bytes")).toBeGreaterThan(1e6);

    first[Symbol.dispose]();
    await first.closed;
    while ((await valuesOf(server.origin)).get("heartwire_sockets_open") !== 1) await Bun.sleep(5);
  });

  test("a user's name and id are in none of its labels", async () => {
    await using server = await startTestServer();
    const token = await server.token(["data:heart_rate:write"], { user: "anna-with-a-name" });
    await write(server.origin, token, MOMENT, 75);
    const profile = await server.server.storage.directory.findProfile("anna-with-a-name");
    const { body } = await exchange(server.origin, requestText("GET /metrics", []));
    expect(body).not.toContain("anna");
    expect(body).not.toContain(profile?.publicId as string);
    expect(body).not.toContain(token);
  });
});
