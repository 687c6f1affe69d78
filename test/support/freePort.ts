/** Below the ports that systems give to clients (32768 on Linux), so that none takes it while its server is away. */
const FIRST_PORT = 20_000;
const PORTS = 10_000;

/** A port on 127.0.0.1 that nobody listens on, for a server that comes back to it. */
export function freePort(): number {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    try {
      Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } }).stop(true);
      return port;
    } catch {
      // Somebody listens there: another one.
    }
  }
}
