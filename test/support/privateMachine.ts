import { join } from "node:path";
import type { Subprocess } from "bun";
import { GrowingText } from "./growingText.ts";
import { hasProgram } from "./programs.ts";
import { CHECKOUT, RunningCommand } from "./runningCommand.ts";

/** Somebody who has an account on every private machine, with a browser's database that trusts nothing yet. */
export const ANNA = { name: "anna", id: 4321, home: "/mnt/homes/anna" } as const;

const MAIN = join(CHECKOUT, "src", "cli", "main.ts");

const ROOT_HOME = "/mnt/homes/root";

/** What update-ca-certificates tells the programs that keep a list of their own, such as Java: "+" or "-" and a file. */
export const HOOK_LOG = "/mnt/hook.log";

/** Where the server of a private machine has its data. */
export const DATA = "/mnt/data";

/** What the tests need; each with Debian's package. */
const PROGRAMS = [
  ["unshare", "util-linux"],
  ["nsenter", "util-linux"],
  ["runuser", "util-linux"],
  ["ip", "iproute2"],
  ["mount", "mount"],
  ["curl", "curl"],
  ["openssl", "openssl"],
  ["certutil", "libnss3-tools"],
  ["update-ca-certificates", "ca-certificates"],
] as const;

/**
 * Makes the machine: a network of its own, in which nothing but loopback is, and folders that are written into a layer
 * of its own. It trusts a few of the system's authorities, because many take a second each time, and none that the system's
 * administrator has added.
 */
const SET_UP = `
  set -e
  ip link set lo up
  mount -t tmpfs tmpfs /mnt
  for folder in etc usr/local/share var; do
    mkdir -p /mnt/layers/$folder/upper /mnt/layers/$folder/work
    mount -t overlay overlay /$folder \\
      -o lowerdir=/$folder,upperdir=/mnt/layers/$folder/upper,workdir=/mnt/layers/$folder/work
  done
  echo '${ANNA.name}:x:${ANNA.id}:${ANNA.id}::${ANNA.home}:/bin/sh' >> /etc/passwd
  echo '${ANNA.name}:x:${ANNA.id}:' >> /etc/group
  mkdir -p ${ROOT_HOME} ${ANNA.home} /mnt/bin
  chown ${ANNA.id}:${ANNA.id} ${ANNA.home}
  rm -f /etc/ca-certificates/update.d/*
  printf '#!/bin/sh\ncat >> ${HOOK_LOG}\n' > /etc/ca-certificates/update.d/recorder
  chmod +x /etc/ca-certificates/update.d/recorder
  grep '^mozilla/' /etc/ca-certificates.conf | head --lines 5 > /mnt/few
  cp /mnt/few /etc/ca-certificates.conf
  rm -r /etc/ssl/certs/* /usr/local/share/ca-certificates/*
  update-ca-certificates > /dev/null 2>&1
  printf '127.0.0.1 localhost\\n::1 localhost\\n' > /etc/hosts
  echo ready
  exec sleep infinity
`;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HowToRun {
  readonly as?: typeof ANNA;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A machine as far as hosts, trust and ports go: a mount and a network namespace. What is done in it is never done to
 * the machine that runs the tests.
 */
export class PrivateMachine implements AsyncDisposable {
  readonly #keeper: Subprocess;

  private constructor(keeper: Subprocess) {
    this.#keeper = keeper;
  }

  /**
   * Whether this system can have one: Linux, as root, with Debian's programs. Says so in one line where not.
   *
   * @throws Error instead in CI, where every test has to run
   */
  static get isPossible(): boolean {
    if (process.platform === "linux" && process.getuid?.() === 0) {
      return PROGRAMS.every(([name, debianPackage]) => hasProgram(name, debianPackage));
    }
    const explanation = "Only root of a Linux system can make a private machine.";
    if (process.env.CI === "true") throw new Error(explanation);
    console.error(`${explanation} The tests that need one pass without having run.`);
    return false;
  }

  static async open(): Promise<PrivateMachine> {
    const words = ["unshare", "--mount", "--net", "--propagation", "private", "bash", "-c", SET_UP];
    const keeper = Bun.spawn(words, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
    await new GrowingText(keeper.stdout).until(/ready/);
    return new PrivateMachine(keeper);
  }

  /** Words that run others in this machine. */
  inside(words: readonly string[], { as, environment = {} }: HowToRun = {}): readonly string[] {
    const home = as === undefined ? ROOT_HOME : as.home;
    const variables = Object.entries({ HOME: home, PATH: MACHINE_PATH, ...environment });
    return [
      ...["nsenter", "--target", String(this.#keeper.pid), "--mount", "--net", "--"],
      ...(as === undefined ? [] : ["runuser", "-u", as.name, "--"]),
      ...["env", "--ignore-environment", ...variables.map(([name, value]) => `${name}=${value}`)],
      ...words,
    ];
  }

  async run(words: readonly string[], how: HowToRun = {}): Promise<Ran> {
    const child = Bun.spawn([...this.inside(words, how)], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    return { code: await child.exited, stdout, stderr };
  }

  /** Runs lines of a shell. @throws Error with what they printed when they fail */
  async shell(lines: string, how: HowToRun = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(["bash", "-c", lines], how);
    if (code !== 0) throw new Error(`ended with ${code}:\n${stderr}${stdout}`);
    return stdout;
  }

  heartwire(words: readonly string[], how: HowToRun = {}): Promise<Ran> {
    return this.run([process.execPath, MAIN, ...words], how);
  }

  /** Starts a server on {@link DATA} and waits until it serves. */
  async serve(how: HowToRun = {}): Promise<RunningCommand> {
    const words = [process.execPath, MAIN, "serve", "--data", DATA];
    const server = new RunningCommand(this.inside(words, how));
    await server.stderr.until(/serves at/);
    return server;
  }

  /** All that lies in the folders where a system keeps hosts and trust: kinds, links, rights, owners and contents. */
  async snapshot(): Promise<string> {
    return await this.shell(`
      find /etc /usr/local/share -printf '%p %y %l %m %u %g\\n' | sort
      find /etc /usr/local/share -type f -exec md5sum {} + | sort`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#keeper.kill("SIGKILL");
    await this.#keeper.exited;
  }
}

/** As a system gives it to a user, with a folder of the machine's own in front. */
const MACHINE_PATH = "/mnt/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
