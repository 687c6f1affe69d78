import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** Longer than a double click, shorter than it takes to read who asks. */
const ARMING_MS = 700;

/**
 * Whether a button that gives something away may be pressed. It may once the page has been seen and in front for a moment: a page
 * that puts this one below the pointer between two clicks, or brings it to the front under it, gains nothing by that.
 */
export function useArmed(): ReadonlySignal<boolean> {
  const isArmed = useSignal(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begin = () => {
      end();
      if (document.visibilityState !== "visible" || !document.hasFocus()) return;
      timer = setTimeout(() => {
        isArmed.value = true;
      }, ARMING_MS);
    };
    const end = () => {
      clearTimeout(timer);
      isArmed.value = false;
    };
    begin();
    const events = [
      [window, "focus", begin],
      [window, "blur", end],
      [window, "pageshow", begin],
      [document, "visibilitychange", begin],
    ] as const;
    for (const [target, name, heard] of events) target.addEventListener(name, heard);
    return () => {
      end();
      for (const [target, name, heard] of events) target.removeEventListener(name, heard);
    };
  }, []);
  return isArmed;
}
