import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { heart } from "../cli/simulating/testServer.ts";
import { makeUsers } from "../support/faults/dataFolder.ts";
import { ServerProcess } from "../support/faults/serverProcess.ts";
import { folderReadings } from "../support/folderReadings.ts";
import { freePort } from "../support/freePort.ts";
import { bearer, VALIDATE_PATH } from "../support/requests.ts";
import { runToEnd, startHeartwire } from "../support/runningCommand.ts";
import { throwAwayFolder } from "../support/server.ts";
import { TokenTap } from "../support/tokenTap.ts";

const TEST_MS_MAX = 60_000;

/** A running server says to notice a revoked token within a second; a busy machine gets more. */
const NOTICED_MS_MAX = 5_000;

let folder = "";
beforeEach(() => {
  folder = throwAwayFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("heartwire simulate without a token, beside its server", () => {
  const seed = 7;
  const durationS = 300;

  test(
    "leaves the hearts of its seed with its users, and no token that still works",
    async () => {
      await using server = await ServerProcess.start({ folder });
      using tap = new TokenTap(server.origin);
      const startedAt = Date.now();
      const { exitCode, stderr } = await simulate(
        tap,
        ...["--users", "2", "--seed", String(seed), "--duration", String(durationS), "--speed", "max"],
      ).ended();
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining("Done: ") });
      await expectRevoked(server, tap, 2);
      server.signal("SIGTERM");
      await server.ended();

      const [first, second] = [await readingsOf("simulated-1"), await readingsOf("simulated-2")];
      expect(first.map(({ bpm }) => bpm)).toEqual(beating(heart(seed, durationS)));
      // The second strap begins up to a second later, and has its last reading by the same end.
      const secondHeart = beating(heart(seed + 1, durationS));
      expect(second.map(({ bpm }) => bpm)).toEqual(secondHeart.slice(0, second.length));
      expect(second.length).toBeGreaterThanOrEqual(secondHeart.length - 2);
      for (const { measuredAt } of [...first, ...second]) {
        expect(measuredAt).toBeGreaterThanOrEqual(startedAt - durationS * 1_000);
        expect(measuredAt).toBeLessThanOrEqual(Date.now());
      }
    },
    TEST_MS_MAX,
  );

  test(
    "takes its tokens back at Ctrl-C too",
    async () => {
      await using server = await ServerProcess.start({ folder });
      using tap = new TokenTap(server.origin);
      await using simulating = simulate(tap, "--users", "2", "--speed", "20");
      await tap.accepted(10);
      simulating.interrupt();
      const { exitCode, stderr } = await simulating.ended();
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining("Done: ") });
      await expectRevoked(server, tap, 2);
      server.signal("SIGTERM");
      await server.ended();
      for (const user of ["simulated-1", "simulated-2"]) expect(await readingsOf(user)).not.toEqual([]);
    },
    TEST_MS_MAX,
  );

  function simulate(tap: TokenTap, ...words: readonly string[]) {
    return startHeartwire(["simulate", "--data", folder, "--url", tap.origin, ...words]);
  }

  /** Every token that was used is refused, and the list says so of every one that was made. */
  async function expectRevoked(server: ServerProcess, tap: TokenTap, count: number): Promise<void> {
    expect(tap.tokens.size).toBe(count);
    const noticedBy = performance.now() + NOTICED_MS_MAX;
    for (const token of tap.tokens) {
      const statusOf = async () =>
        (await fetch(`${server.origin}${VALIDATE_PATH}`, { headers: bearer(token) })).status;
      while ((await statusOf()) !== 401 && performance.now() < noticedBy) await Bun.sleep(20);
      expect(await statusOf()).toBe(401);
    }
    const { stdout } = await runToEnd(startHeartwire(["token", "list", "--json", "--data", folder]));
    const made = JSON.parse(stdout).filter(({ label }: { label: string }) => label === "simulate");
    expect(made.map(({ state }: { state: string }) => state)).toEqual(Array(count).fill("revoked"));
  }

  function readingsOf(user: string) {
    return folderReadings(folder, user);
  }

  /** A strap that slipped sends 0, which is not kept. */
  function beating(rates: readonly number[]): number[] {
    return rates.filter((bpm) => bpm > 0);
  }
});

test(
  "heartwire watch --json shows what heartwire send sends, and comes back to a server that was restarted",
  async () => {
    const token = (await makeUsers(folder, ["ada"])).get("ada") as string;
    const environment = { HEARTWIRE_PORT: String(freePort()) };
    await using server = await ServerProcess.start({ folder, environment });
    const client = { HEARTWIRE_URL: server.origin, HEARTWIRE_TOKEN: token };
    const send = (bpm: number) => runToEnd(startHeartwire(["send", String(bpm)], client));
    await using watching = startHeartwire(["watch", "--json"], client);

    await watching.stdout.until(/"connection":"open"/);
    expect((await send(72)).exitCode).toBe(0);
    await watching.stdout.until(/"type":"reading".*"heart_rate":72/);
    server.signal("SIGTERM");
    expect((await server.ended()).exitCode).toBe(0);
    await watching.stdout.until(/"connection":"lost"/);

    await using restarted = await ServerProcess.start({ folder, environment });
    await watching.stdout.until(/"connection":"lost".*"connection":"open"/s);
    expect((await send(73)).exitCode).toBe(0);
    await watching.stdout.until(/"type":"reading".*"heart_rate":73/);
    watching.interrupt();
    const { exitCode, stdout, stderr } = await watching.ended();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });

    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const ofType = (type: string) => lines.filter((line) => line.type === type);
    expect(
      ofType("state")
        .map(({ state }) => state)
        .slice(0, 2),
    ).toEqual(["waiting", "live"]);
    const isLink = (link: string) => (line: { connection?: string }) => line.connection === link;
    expect(lines.find(isLink("lost"))).toMatchObject({ reason: "the server is shutting down" });
    expect(lines.filter(isLink("open"))).toHaveLength(2);
    expect(ofType("last_known").at(-1)).toMatchObject({ heart_rate: 72 });

    restarted.signal("SIGTERM");
    await restarted.ended();
    const stored = await folderReadings(folder, "ada");
    expect(stored.map(({ bpm }) => bpm)).toEqual([72, 73]);
    const shown = ofType("reading").map((line) => ({ measuredAt: line.measured_at, bpm: line.heart_rate }));
    expect(shown).toEqual([...stored]);
  },
  TEST_MS_MAX,
);
