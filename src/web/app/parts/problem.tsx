import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Refused } from "../call.ts";
import { signInAddress } from "../continueTo.ts";

/** The server wants to know once more who is there (8017 of docs/errors.md). */
const STALE_SIGN_IN = 8017;

/** Says what stood against something, below the button that wanted it. It is there before it has words, so that they are read out. */
export function Problem({ of }: { readonly of: ReadonlySignal<Refused | undefined> }): JSX.Element {
  const problem = of.value;
  return (
    <div class="problem" role="alert">
      {problem === undefined ? null : (
        <p>
          {problem.message}{" "}
          {problem.code === STALE_SIGN_IN ? (
            <a href={signInAddress(location.pathname + location.search)}>Sign in once more</a>
          ) : null}
        </p>
      )}
    </div>
  );
}
