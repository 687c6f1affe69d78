import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fillSealed } from "../../bench/sealed/fillSealed.ts";
import { throwAwayFolder } from "../support/server.ts";

const READINGS = 100_000;

/**
 * What is promised of a large file is 0.6 and 2 bytes a reading, pages and sums included; of a small one it is only what the
 * hours themselves take that says something.
 */
for (const { title, jitterMs, bytesMax } of [
  { title: "real recordings", jitterMs: 0, bytesMax: 0.36 },
  { title: "real recordings with 40 ms of jitter", jitterMs: 40, bytesMax: 1.25 },
]) {
  test(`sealed hours of ${title} take under ${bytesMax} bytes a reading`, () => {
    const folder = throwAwayFolder();
    const { readings } = fillSealed(folder, READINGS, { title, jitterMs, delayMs: [25, 25] });
    expect(readings).toBeGreaterThanOrEqual(READINGS);
    const database = new Database(join(folder, "readings.db"), { readonly: true });
    const { bytes } = database.query("SELECT sum(length(packed)) AS bytes FROM sealed_readings").get() as {
      bytes: number;
    };
    database.close();
    expect(bytes / readings).toBeLessThan(bytesMax);
    rmSync(folder, { recursive: true, force: true });
  });
}
