import type { Context } from "./api/context.ts";
import type { BunServer } from "./bunServer.ts";
import type { BunServers } from "./bunServers.ts";
import type { CertificatePair } from "./certificates/certificatePair.ts";
import { preparedVersion, readPrepared } from "./certificates/dropinFolder.ts";
import { ListenFailure } from "./listenFailure.ts";
import { SETTINGS } from "./settings/table.ts";

/** How often it is looked whether the machine was prepared, and whether a port that was taken is free. */
const LOOK_INTERVAL_MS = 1_000;

/** Stands among the ports for what is prepared itself. */
const UNREAD = 0;

const { environment: setting } = SETTINGS.dropinPorts;

/**
 * Listens for apps with Pulsoid's hosts built in while the data folder says that the machine is prepared for them
 * (`heartwire dropin on`), also when that changes while the server runs. On both loopback addresses and nowhere else:
 * the hosts file leads this machine's own apps here, and nobody's besides.
 */
export class DropinListeners {
  readonly #servers: BunServers;
  readonly #context: Context;
  readonly #open = new Map<number, readonly BunServer[]>();
  readonly #problems = new Map<number, string>();
  #version: string | undefined;
  /** Whether what is prepared could not be read at the last look. */
  #isUnread = false;
  #pair: CertificatePair | undefined;
  #looking: Promise<void> = Promise.resolve();
  #timer: Timer | undefined;

  constructor(servers: BunServers, context: Context) {
    this.#servers = servers;
    this.#context = context;
  }

  /** Whether the machine is prepared: Pulsoid's hosts are allowed then. */
  get isOn(): boolean {
    return this.#pair !== undefined;
  }

  /** Why apps may not reach the server though the machine is prepared, one sentence each. */
  get problems(): readonly string[] {
    return [...new Set(this.#problems.values())];
  }

  /** Looks once, and then again and again. */
  async start(): Promise<void> {
    await this.#look();
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look());
    }, LOOK_INTERVAL_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { settings, clock } = this.#context;
    try {
      const version = preparedVersion(settings.data);
      if (version !== this.#version || this.#isUnread) {
        // What cannot be used now may be later: a file that is being copied, or a clock that is put right.
        this.#isUnread = true;
        if (version !== this.#version) await this.#forget();
        this.#version = version;
        this.#pair = readPrepared(settings.data, clock())?.pair;
        this.#problems.delete(UNREAD);
        this.#isUnread = false;
      }
    } catch (error) {
      this.#report(
        UNREAD,
        `What "heartwire dropin on" prepared cannot be used: ${(error as Error).message}.`,
      );
      return;
    }
    const [https, http] = settings.dropinPorts;
    if (this.#pair === undefined) return;
    await this.#listen(https, this.#pair);
    await this.#listen(http, undefined);
  }

  /** Whoever is connected has to connect again, because the old certificate may be trusted no more. */
  async #forget(): Promise<void> {
    const before = [...this.#open.values()].flat();
    this.#pair = undefined;
    this.#open.clear();
    this.#problems.clear();
    await this.#servers.close(before);
  }

  async #listen(port: number, pair: CertificatePair | undefined): Promise<void> {
    if (this.#open.has(port)) return;
    try {
      this.#open.set(port, await this.#servers.open(undefined, { port, setting, pair }));
      this.#problems.delete(port);
      this.#context.log.info({ port }, "Apps with Pulsoid's hosts built in are answered here.");
    } catch (error) {
      this.#report(port, explain(error, port));
    }
  }

  /** A problem is told once, however often it is met again. */
  #report(port: number, problem: string): void {
    if (this.#problems.get(port) === problem) return;
    this.#problems.set(port, problem);
    this.#context.log.warn(
      { reason: problem },
      "Apps with Pulsoid's hosts built in do not reach this server.",
    );
  }
}

function explain(error: unknown, port: number): string {
  if (!(error instanceof ListenFailure) || error.obstacle === "other") return (error as Error).message;
  if (error.obstacle === "taken") return `Port ${port} is in use: stop what listens there.`;
  const allow =
    process.platform === "linux"
      ? "Allow it with: sudo sysctl net.ipv4.ip_unprivileged_port_start=80 . "
      : "";
  return `Port ${port} may not be used by this user. ${allow}Other ways are in docs/dropin.md.`;
}
