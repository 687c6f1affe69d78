import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { makeUsers } from "../support/faults/dataFolder.ts";
import { ServerProcess } from "../support/faults/serverProcess.ts";
import { folderReadings } from "../support/folderReadings.ts";
import { Listener } from "../support/listener.ts";
import { byTime, heardReading, keptReadings, RECORDINGS, recordingNamed } from "../support/recordings.ts";
import { bearer, LATEST_PATH } from "../support/requests.ts";
import { runToEnd, startHeartwire } from "../support/runningCommand.ts";
import { throwAwayFolder } from "../support/server.ts";

const TEST_MS_MAX = 60_000;
const USER = "ada";

/** Half an hour on a bicycle without a strap: every rate is 0. */
const WITHOUT_STRAP = recordingNamed("ride-no-strap-zero-hr-30min");

let folder = "";
let token = "";
beforeEach(async () => {
  folder = throwAwayFolder();
  token = (await makeUsers(folder, [USER])).get(USER) as string;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Sends a recording to a server of its own, and stops it: then every frame has arrived. */
async function replay(file: string) {
  await using server = await ServerProcess.start({ folder });
  using listener = await Listener.open(server.origin, token);
  const { exitCode, stdout, stderr } = await runToEnd(
    startHeartwire(["send", "--file", file, "--speed", "max", "--json", "--quiet"], {
      HEARTWIRE_URL: server.origin,
      HEARTWIRE_TOKEN: token,
    }),
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const latest = await fetch(`${server.origin}${LATEST_PATH}`, { headers: bearer(token) });
  server.signal("SIGTERM");
  await server.ended();
  expect((await listener.closed).code).toBe(1001);
  return {
    summary: JSON.parse(stdout),
    latest: { status: latest.status, text: await latest.text() },
    heard: listener.frames.map(heardReading),
    stored: await folderReadings(folder, USER),
  };
}

describe("a recorded workout is heard in its order and stored, reading for reading", () => {
  for (const recording of RECORDINGS.filter(({ name }) => name !== WITHOUT_STRAP.name)) {
    test(
      recording.name,
      async () => {
        const kept = keptReadings(recording);
        const { heard, stored, latest, summary } = await replay(recording.file);
        expect(heard).toEqual([...kept]);
        expect(stored).toEqual([...byTime(kept)]);
        expect(latest.status).toBe(200);
        expect(heardReading(latest.text)).toEqual(byTime(kept).at(-1)!);
        expect(summary).toMatchObject({ complete: true, zero_or_below: 0 });
      },
      TEST_MS_MAX,
    );
  }
});

test(
  "a ride without a strap is accepted whole; nothing is heard, nothing is stored, and there is no latest",
  async () => {
    const { heard, stored, latest, summary } = await replay(WITHOUT_STRAP.file);
    expect({ heard, stored, latest: latest.status }).toEqual({ heard: [], stored: [], latest: 412 });
    expect(summary.zero_or_below).toBe(summary.delivered);
    expect(summary.delivered).toBeGreaterThan(1_000);
  },
  TEST_MS_MAX,
);
