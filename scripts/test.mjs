// Sets up, checks, and runs the tests: npm test, or npm test -- test/api -t "words of a name". What follows -- goes
// to `bun test`. The last line is always "N passed, N failed".
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { check } from "./check.mjs";
import { root, setUp } from "./setup.mjs";

/** A test that takes longer than this without saying so itself has hung. */
const TEST_TIMEOUT_MS = 30_000;

/** So many files are tested at a time: most tests wait for a process, a clock or a disk. */
const FILES_AT_ONCE = 2;

/** Bun's summary is shorter than this. */
const SUMMARY_CHARACTERS_MAX = 2_000;

/**
 * Runs `bun test` with these words, or everything below test/ without any.
 *
 * @param ci whether a skipped test is a failure
 * @returns how many tests passed and failed; a run that fails without a failed test counts as one
 */
export async function runTests(bun, words, { ci, cwd = root }) {
  const chosen = words.length === 0 ? [`--parallel=${FILES_AT_ONCE}`, "./test"] : words;
  const child = spawn(bun, ["test", "--timeout", String(TEST_TIMEOUT_MS), ...chosen], {
    cwd,
    stdio: ["ignore", "inherit", "pipe"],
  });
  const forward = (signal) => child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, forward);
  let tail = "";
  child.stderr.on("data", (chunk) => {
    process.stderr.write(chunk);
    tail = (tail + chunk).slice(-SUMMARY_CHARACTERS_MAX);
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(signal, forward);
  return judge(readSummary(tail), { ci, status });
}

/** Reads the lines of Bun's summary, such as " 12 pass" and " 1 skip"; absent ones are 0. */
function readSummary(text) {
  const count = (word) => Number(new RegExp(`^ *(\\d+) ${word}$`, "m").exec(text)?.[1] ?? 0);
  return {
    passed: count("pass"),
    failed: count("fail"),
    skipped: count("skip") + count("todo"),
    // A test that ends the whole process leaves no summary, and may leave a status of 0.
    complete: /^Ran \d+ tests? across/m.test(text),
  };
}

function judge({ passed, failed, skipped, complete }, { ci, status }) {
  if (!complete) console.error("The tests ended before their end.");
  if (ci && skipped > 0) {
    console.error(`${skipped} skipped: in CI a skipped test is a failure.`);
    return { passed, failed: failed + skipped };
  }
  return { passed, failed: status === 0 && complete ? failed : Math.max(1, failed) };
}

async function main() {
  const bun = setUp();
  if (!check()) {
    console.error("The check found something: the tests were not run.");
    return { passed: 0, failed: 1 };
  }
  return runTests(bun, process.argv.slice(2), { ci: process.env.CI === "true" });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed } = await main();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
