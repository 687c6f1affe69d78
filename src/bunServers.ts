import type { App } from "./api/app.ts";
import type { Context } from "./api/context.ts";
import { type Address, type Answering, type BunServer, serve } from "./bunServer.ts";
import { ListenFailure } from "./listenFailure.ts";
import { SilentListeners, SWEEP_INTERVAL_MS } from "./silentListeners.ts";

/** How often the end looks whether requests are still being answered. */
const DRAIN_INTERVAL_MS = 5;

/** Every address on which the server listens. They answer alike, and a reading reaches the sockets of all. */
export class BunServers {
  readonly #answering: Answering;
  readonly #sweeping: Timer;
  /** Replaced as a whole, so that publishing never meets a list that is being changed. */
  #open: readonly BunServer[] = [];

  constructor(app: App, context: Context) {
    const silent = new SilentListeners(context.limits.socketIdleSeconds);
    this.#answering = { app, context, silent };
    this.#sweeping = setInterval(() => silent.sweep(performance.now()), SWEEP_INTERVAL_MS);
    context.sockets.publishThrough((topic, frame) => {
      for (const server of this.#open) server.publish(topic, frame);
    });
  }

  /**
   * Listens on one address, or where none is given on both loopback addresses under one port.
   *
   * @throws ListenFailure; nothing listens there then
   */
  async open(
    hostname: string | undefined,
    address: Omit<Address, "hostname">,
  ): Promise<readonly [BunServer, ...BunServer[]]> {
    const first = serve(this.#answering, { ...address, hostname: hostname ?? "127.0.0.1" });
    const opened: [BunServer, ...BunServer[]] = [first];
    if (hostname === undefined) {
      try {
        opened.push(serve(this.#answering, { ...address, hostname: "::1", port: first.port as number }));
      } catch (error) {
        // A machine without IPv6 is no fault; a port that only IPv6 has taken would send some clients elsewhere.
        if (error instanceof ListenFailure && error.obstacle === "taken") {
          await first.stop(true);
          throw error;
        }
        this.#answering.context.log.debug({ reason: (error as Error).message }, "Not listening on ::1.");
      }
    }
    this.#open = [...this.#open, ...opened];
    return opened;
  }

  /** Stops listening somewhere, at once. */
  async close(servers: readonly BunServer[]): Promise<void> {
    this.#open = this.#open.filter((server) => !servers.includes(server));
    await Promise.all(servers.map((server) => server.stop(true)));
  }

  /** Takes no new connection anywhere, and waits for the requests that are being answered. */
  async stop(): Promise<void> {
    const servers = this.#open;
    clearInterval(this.#sweeping);
    const closed = servers.map((server) => server.stop(false));
    await drained(servers, this.#answering.context.limits.shutdownSeconds * 1_000);
    await Promise.all(servers.map((server) => server.stop(true)));
    await Promise.all(closed);
  }
}

async function drained(servers: readonly BunServer[], withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  while (servers.some((server) => server.pendingRequests > 0) && performance.now() < until) {
    await Bun.sleep(DRAIN_INTERVAL_MS);
  }
}
