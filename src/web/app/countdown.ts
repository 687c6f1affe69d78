import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const SECOND_MS = 1_000;

/** Seconds that are left until something may be tried again, counted down to 0. */
export function useCountdown(): {
  readonly secondsLeft: ReadonlySignal<number>;
  readonly start: (seconds: number) => void;
} {
  const endsAt = useSignal(0);
  const secondsLeft = useSignal(0);
  useEffect(() => {
    if (endsAt.value === 0) return;
    // Counted from the end, because a page in the background is woken when it pleases the browser.
    const look = () => {
      secondsLeft.value = Math.max(0, Math.ceil((endsAt.value - Date.now()) / SECOND_MS));
      if (secondsLeft.value === 0) endsAt.value = 0;
    };
    const timer = setInterval(look, SECOND_MS / 4);
    return () => clearInterval(timer);
  }, [endsAt.value]);
  return {
    secondsLeft,
    start: (seconds) => {
      secondsLeft.value = Math.ceil(seconds);
      endsAt.value = Date.now() + seconds * SECOND_MS;
    },
  };
}
