import { onEndRequest } from "../endRequest.ts";

/** After a halt, requests under way get this long to be answered before they are cut. */
const HALT_GRACE_MS = 2_000;

/** The one way a run of `send` comes to an early end, whether the user or an error asks for it. */
export interface Halt {
  /** Aborted: start nothing new, no reading and no retry. */
  readonly begun: AbortSignal;
  /** Aborted {@link HALT_GRACE_MS} later: let go of what is still under way. */
  readonly ended: AbortSignal;
  /** True once the user pressed Ctrl-C or closed the terminal, or the system asked the process to end. */
  readonly byUser: () => boolean;
  begin(): void;
  /** Stops listening to signals and timers. */
  dispose(): void;
}

/** Begins a halt when the process is asked to end; a second request ends it at once, as without us. */
export function createHalt(): Halt {
  const begun = new AbortController();
  const ended = new AbortController();
  let byUser = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const begin = () => {
    begun.abort();
    timer ??= setTimeout(() => ended.abort(), HALT_GRACE_MS);
  };
  const stopListening = onEndRequest(() => {
    byUser = true;
    begin();
  });
  return {
    begun: begun.signal,
    ended: ended.signal,
    byUser: () => byUser,
    begin,
    dispose() {
      stopListening();
      clearTimeout(timer);
    },
  };
}
