import { type ReadonlySignal, useSignal } from "@preact/signals";
import { Refused } from "../call.ts";

/** Something that a button does: once at a time, with what stood against it the last time. */
export interface Action {
  readonly isBusy: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<Refused | undefined>;
  run(act: () => Promise<void>): Promise<void>;
}

export function useAction(): Action {
  const isBusy = useSignal(false);
  const problem = useSignal<Refused | undefined>(undefined);
  return {
    isBusy,
    problem,
    async run(act) {
      if (isBusy.value) return;
      isBusy.value = true;
      problem.value = undefined;
      try {
        await act();
      } catch (error) {
        problem.value = toRefused(error);
      } finally {
        isBusy.value = false;
      }
    },
  };
}

/** What is thrown and is no refusal is a fault of the page's own; its words are of no use to anybody who reads it. */
export function toRefused(error: unknown): Refused {
  if (error instanceof Refused) return error;
  return new Refused(-1, -1, "something went wrong on this page; load it again");
}
