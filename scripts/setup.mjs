// Brings node_modules to what package-lock.json says, and finds Bun in it. Plain Node, no dependencies: this runs
// before there are any.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, "node_modules", ".heartwire-lock");

/** Holds the process id of the one that installs: two at once would take each other's files away. */
const turn = join(root, ".setting-up");
const TURN_CHECK_MS = 200;

/** Installs the locked dependencies unless that is done already. @returns the path of Bun */
export function setUp() {
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  const isDone = () => existsSync(stamp) && readFileSync(stamp, "utf8") === lock;
  if (!isDone()) {
    inTurn(() => {
      // Whoever had the turn before may have done it.
      if (isDone()) return;
      console.error("Setting up: installing what package-lock.json lists (once, a few seconds).");
      install();
      writeFileSync(stamp, lock);
    });
  }
  return findBun();
}

/** Does something while no other process does it in this folder. */
function inTurn(work) {
  for (let told = false; !takeTurn(); told = true) {
    if (!told) console.error("Setting up: another command is at it; waiting.");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TURN_CHECK_MS);
  }
  const giveBack = () => rmSync(turn, { force: true });
  process.on("exit", giveBack);
  work();
  process.off("exit", giveBack);
  giveBack();
}

/** @returns false while a process that lives has the turn */
function takeTurn() {
  try {
    writeFileSync(turn, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  try {
    process.kill(Number(readFileSync(turn, "utf8")), 0);
  } catch (error) {
    // It was killed in the middle, or is done by now. A process of another user lives though it may not be asked.
    if (error.code !== "EPERM") rmSync(turn, { force: true });
  }
  return false;
}

function install() {
  const npm = process.env.npm_execpath;
  const words = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  // npm names itself in npm_execpath; started without npm, it is looked for on the path.
  const command = npm?.endsWith(".js") ? [process.execPath, npm, ...words] : ["npm", ...words];
  const { status } = spawnSync(command[0], command.slice(1), {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: command[0] === "npm" && process.platform === "win32",
  });
  if (status !== 0) fail("npm ci failed; its message is above. Is npm's registry reachable?");
}

/** Bun's own install script may be switched off in npm: then the binary is where its platform package put it. */
function findBun() {
  const candidates = [join(root, "node_modules", "bun", "bin", "bun.exe"), ...platformBinaries()];
  const bun = candidates.find((file) => {
    const { status } = spawnSync(file, ["--version"], { stdio: "ignore" });
    return status === 0;
  });
  if (bun === undefined) {
    fail(
      `Bun does not run here (${process.platform} ${process.arch}). Delete node_modules and try again; ` +
        "if it stays so, Bun has no build for this machine.",
    );
  }
  return bun;
}

function platformBinaries() {
  const folder = join(root, "node_modules", "@oven");
  if (!existsSync(folder)) return [];
  const name = process.platform === "win32" ? "bun.exe" : "bun";
  return readdirSync(folder).map((build) => join(folder, build, "bin", name));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
