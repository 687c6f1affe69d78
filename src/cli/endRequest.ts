/**
 * One request to end may arrive several times: a terminal that is closed and its shell both signal every process, and
 * npm and the start script pass on what they get. A signal this soon after the first is the same one; nobody types so
 * fast.
 */
const SAME_REQUEST_MS = 500;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Calls back once when the process is asked to end: by Ctrl-C, by the system, or by a terminal that is closed. A second
 * request ends the process at once, as without us.
 *
 * @returns what stops listening to signals
 */
export function onEndRequest(end: () => void): () => void {
  let askedAtMs: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (askedAtMs === undefined) {
      askedAtMs = performance.now();
      end();
    } else if (performance.now() - askedAtMs >= SAME_REQUEST_MS) {
      stop();
      process.kill(process.pid, signal);
    }
  };
  const stop = () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return stop;
}
