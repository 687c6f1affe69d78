import { afterAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { throwAwayFolder } from "../../support/server.ts";
import { about, examine } from "./examining.ts";

/** A folder that is not there: these tests are about the port. */
const parent = throwAwayFolder();
const folder = join(parent, "none");
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const BODY_BYTES_MAX = 16_384;
const TEST_MS_MAX = 20_000;

/** What the doctor prints of a port where somebody answers like this. */
async function diagnose(answer: () => Response) {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
  try {
    const diagnosis = await examine(folder, { port: Number(server.port) });
    const { state, says } = about("server", diagnosis);
    return { ...diagnosis, state, says: says.replace(server.url.origin, "ADDRESS") };
  } finally {
    await server.stop(true);
  }
}

const anotherProgram = { state: "wrong", says: "another program answers at ADDRESS", code: 1 } as const;

describe("another program on the port is told as that, and nothing of what it says is printed", () => {
  for (const [what, answer] of [
    ["a page", () => new Response("<h1>stranger</h1>", { headers: { "content-type": "text/html" } })],
    ["null", () => Response.json(null)],
    ["a number", () => Response.json(7)],
    ["nothing", () => new Response(null, { status: 204 })],
    ["an unknown status", () => Response.json({ status: "stranger" })],
    ["a status of control characters", () => Response.json({ status: "ready\u001b[2Jstranger" })],
    ["a status that is no text", () => Response.json({ status: ["ready"] })],
    ["the status of another route", () => Response.json({ status: "live", reason: "stranger" })],
    ["another address", () => Response.redirect("/stranger")],
  ] as const) {
    test(`when it answers with ${what}`, async () => {
      const diagnosis = await diagnose(answer);
      expect(diagnosis).toMatchObject(anotherProgram);
      expect(diagnosis.stdout).not.toContain("stranger");
    });
  }

  test("when it does not speak HTTP", async () => {
    const server = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { open: (socket) => void socket.end("SSH-2.0-stranger\r\n"), data() {} },
    });
    const { says } = about("server", await examine(folder, { port: server.port }));
    server.stop(true);
    expect(says).toBe(`another program answers at http://127.0.0.1:${server.port}`);
  });

  test("when its answer is longer than 16 KiB; one of 16 KiB is read", async () => {
    const ready = JSON.stringify({ status: "ready" });
    const atLimit = await diagnose(() => new Response(ready.padEnd(BODY_BYTES_MAX)));
    expect(atLimit.says).toStartWith("answers at ADDRESS");
    expect(await diagnose(() => new Response(ready.padEnd(BODY_BYTES_MAX + 1)))).toMatchObject(
      anotherProgram,
    );
  });

  test("when its answer never ends, without waiting for the end", async () => {
    let pulls = 0;
    const endless = () =>
      new ReadableStream({
        async pull(controller) {
          pulls++;
          controller.enqueue(new Uint8Array(1_024));
          await Bun.sleep(1);
        },
      });
    expect(await diagnose(() => new Response(endless()))).toMatchObject(anotherProgram);
    expect(pulls).toBeGreaterThan(16);
  });
});

test(
  "a program that accepts and stays silent is told after three seconds",
  async () => {
    const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const diagnosis = await examine(folder, { port: server.port });
    server.stop(true);
    expect(about("server", diagnosis)).toMatchObject({
      state: "wrong",
      says: `nothing came from http://127.0.0.1:${server.port} within 3 seconds`,
    });
  },
  TEST_MS_MAX,
);

test("a Heartwire that cannot store is wrong, one that stops is a notice; both in the doctor's own words", async () => {
  const refuse = (status: string) => () => Response.json({ status, reason: "stranger" }, { status: 503 });
  const unable = await diagnose(refuse("not ready"));
  expect(unable).toMatchObject({
    state: "wrong",
    says: "answers at ADDRESS, but cannot store readings",
    code: 1,
  });
  expect(unable.stdout).not.toContain("stranger");
  expect(await diagnose(refuse("stopping"))).toMatchObject({
    state: "notice",
    says: "answers at ADDRESS, but is stopping",
    code: 0,
  });
});
