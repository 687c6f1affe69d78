import { afterEach, beforeEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { makeUsers } from "../support/faults/dataFolder.ts";
import { metric } from "../support/faults/observed.ts";
import { ServerProcess } from "../support/faults/serverProcess.ts";
import { folderReadings } from "../support/folderReadings.ts";
import { freePort } from "../support/freePort.ts";
import { byTime, keptReadings, recordingNamed } from "../support/recordings.ts";
import { startHeartwire } from "../support/runningCommand.ts";
import { throwAwayFolder } from "../support/server.ts";

const TEST_MS_MAX = 60_000;
const USER = "ada";

/** The server is killed once it holds so many of the recording's 2,808 readings. */
const KILLED_AT_READINGS = [700, 1_400];

const recording = recordingNamed("run-outdoor-47min");

let folder = "";
beforeEach(() => {
  folder = throwAwayFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

for (const inFlight of [1, 16]) {
  test(
    `send with ${inFlight} in flight outlasts a server that is killed twice: each reading is stored once`,
    async () => {
      const token = (await makeUsers(folder, [USER])).get(USER) as string;
      const environment = { HEARTWIRE_PORT: String(freePort()) };
      const start = () => ServerProcess.start({ folder, environment });
      let server = await start();
      try {
        await using sending = startHeartwire(
          ["send", "--file", recording.file, "--speed", "max", "--in-flight", String(inFlight), "--json"],
          { HEARTWIRE_URL: server.origin, HEARTWIRE_TOKEN: token },
        );
        for (const readings of KILLED_AT_READINGS) {
          await holds(server, readings);
          await server.kill();
          server = await start();
        }

        const { exitCode, stdout, stderr } = await sending.ended();
        expect(exitCode).toBe(0);
        expect(stderr).toContain("Trying again: ");
        const summary = JSON.parse(stdout);
        expect(summary).toMatchObject({ complete: true, error: null });
        expect(summary.retries).toBeGreaterThanOrEqual(KILLED_AT_READINGS.length);
        server.signal("SIGTERM");
        await server.ended();
      } finally {
        await server.kill();
      }
      expect(await folderReadings(folder, USER)).toEqual([...byTime(keptReadings(recording))]);
    },
    TEST_MS_MAX,
  );
}

/** Waits until the server has stored so many readings. */
async function holds(server: ServerProcess, readings: number): Promise<void> {
  while ((await metric(server.origin, "heartwire_store_fresh_readings")) < readings) await Bun.sleep(5);
}
