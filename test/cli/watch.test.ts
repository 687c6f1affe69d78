import { afterEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeCertificate } from "../support/certificateFiles.ts";
import { throwAwayFolder } from "../support/server.ts";
import { NOON } from "./watching/moments.ts";
import { frame, startServer } from "./watching/testServer.ts";

const TOKEN = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

describe("heartwire watch", () => {
  const main = join(import.meta.dir, "..", "..", "src", "cli", "main.ts");
  const run = (url: URL, ...words: string[]) =>
    Bun.spawn([process.execPath, main, "watch", "--url", url.href, ...words], {
      env: { ...process.env, HEARTWIRE_TOKEN: TOKEN },
      stdout: "pipe",
      stderr: "pipe",
    });

  test("ends with 0 after the time of --for, having printed what it heard", async () => {
    const { server, sockets, url } = startServer();
    cleanUps.push(() => server.stop(true));
    const sending = setInterval(() => {
      for (const socket of sockets) socket.send(frame(77));
    }, 50);
    cleanUps.push(() => clearInterval(sending));
    const command = run(url, "--json", "--for", "1.5");
    const lines = (await command.stdout.text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(await command.exited).toBe(0);
    expect(lines).toContainEqual(
      expect.objectContaining({ type: "reading", measured_at: NOON, heart_rate: 77 }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ type: "state", state: "live" }));
  });

  test("ends with 0 at Ctrl-C, also while the server is away", async () => {
    const { server, url } = startServer();
    await server.stop(true);
    const command = run(url);
    const reader = command.stderr.getReader();
    await reader.read();
    command.kill("SIGINT");
    expect(await command.exited).toBe(0);
    reader.releaseLock();
  });

  test("ends with 1 and one clear message when the token is refused", async () => {
    const { server, behaviour, url } = startServer();
    cleanUps.push(() => server.stop(true));
    behaviour.latest = () =>
      Response.json({ error_code: 7005, error_message: "token_not_found" }, { status: 401 });
    const command = run(url);
    expect(await command.exited).toBe(1);
    expect((await command.stderr.text()).trim().split("\n")).toEqual([
      expect.stringContaining("The server does not know this token, or it was revoked."),
    ]);
  });

  test("ends with 1 and the reason when there was no connection in the time of --for", async () => {
    const command = run(new URL("http://127.0.0.1:9"), "--for", "0.5");
    expect(await command.exited).toBe(1);
    expect(await command.stderr.text()).toContain(
      "In 0.5 s there was no connection: nothing listens at the server's address.",
    );
  });

  test("names a certificate that is not trusted, and what to do about it", async () => {
    const folder = throwAwayFolder();
    cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
    const { cert, key } = await writeCertificate(folder, ["localhost"]);
    const options = { port: 0, tls: { cert: Bun.file(cert), key: Bun.file(key) } };
    const server = Bun.serve({ ...options, fetch: () => new Response(null, { status: 412 }) });
    cleanUps.push(() => server.stop(true));
    const command = run(server.url, "--for", "0.5");
    expect(await command.exited).toBe(1);
    expect(await command.stderr.text()).toMatch(
      /the server's certificate is not trusted \(\w+\): name the file of its authority in NODE_EXTRA_CA_CERTS/,
    );
  });

  test("ends with 2 when a time makes no sense", async () => {
    const command = run(new URL("http://127.0.0.1:9"), "--for", "soon");
    expect(await command.exited).toBe(2);
  });
});
