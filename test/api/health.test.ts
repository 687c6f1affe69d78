import { describe, expect, test } from "bun:test";
import { MOMENT } from "../support/requests.ts";
import { startTestServer, write } from "../support/server.ts";
import { newUserToken, sharedServer } from "../support/sharedServer.ts";

/** `GET /health/live`, `GET /health/ready` and `GET /`. */
const shared = sharedServer();

describe("/health/live", () => {
  test("says that the process answers, to anybody", async () => {
    const response = await fetch(`${shared().origin}/health/live`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "live" });
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  test("says so too while the store cannot write", async () => {
    await using server = await startTestServer();
    await server.server.storage.readings.close();
    expect((await fetch(`${server.origin}/health/live`)).status).toBe(200);
  });
});

describe("/health/ready", () => {
  test("says that readings can be stored", async () => {
    const response = await fetch(`${shared().origin}/health/ready`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "ready" });
  });

  test("is 503 while the store cannot write", async () => {
    await using server = await startTestServer();
    await server.server.storage.readings.close();
    const response = await fetch(`${server.origin}/health/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: "not ready", reason: "the store cannot write" });
    expect(server.log.lines.some((line) => line.includes("The store cannot write."))).toBe(true);
  });

  test("asks the store at most once a second, and again after that", async () => {
    let now = MOMENT;
    await using server = await startTestServer({ clock: () => now as never });
    const ready = async () => (await fetch(`${server.origin}/health/ready`)).status;
    expect(await ready()).toBe(200);
    await server.server.storage.readings.close();
    now = MOMENT + 999;
    expect(await ready()).toBe(200);
    now = MOMENT + 1_000;
    expect(await ready()).toBe(503);
  });

  test("leaves nothing behind that a reader would see", async () => {
    await using server = await startTestServer();
    const token = await newUserToken(server);
    await write(server.origin, token, MOMENT, 75);
    await fetch(`${server.origin}/health/ready`);
    const { freshReadings } = await server.server.storage.readings.measure();
    expect(freshReadings).toBe(1);
  });
});

test("the printed address shows in plain words what is there", async () => {
  const response = await fetch(shared().origin);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; charset=UTF-8");
  expect(await response.text()).toContain("POST /api/v1/data");
});
