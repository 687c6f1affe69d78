import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { toRefused } from "./action.ts";

/** What a page shows and has to ask for first. */
export type Loaded<Value> =
  | { readonly state: "loading" }
  | { readonly state: "failed"; readonly words: string }
  | { readonly state: "there"; readonly value: Value };

export interface Loading<Value> {
  readonly loaded: ReadonlySignal<Loaded<Value>>;
  /** Asks once more; what is shown stays until the answer is there. */
  readonly again: () => Promise<void>;
  readonly set: (value: Value) => void;
}

/** Asks for something when the page opens. */
export function useLoading<Value>(load: () => Promise<Value>): Loading<Value> {
  const loaded = useSignal<Loaded<Value>>({ state: "loading" });
  const again = async () => {
    try {
      loaded.value = { state: "there", value: await load() };
    } catch (error) {
      loaded.value = { state: "failed", words: toRefused(error).message };
    }
  };
  useEffect(() => {
    void again();
  }, []);
  const set = (value: Value) => {
    loaded.value = { state: "there", value };
  };
  return { loaded, again, set };
}

/** Shows the shape of what is coming, then it, or what stood against it. */
export function Show<Value>({
  of,
  shape,
  children,
}: {
  readonly of: Loading<Value>;
  readonly shape: ComponentChildren;
  readonly children: (value: Value) => ComponentChildren;
}): JSX.Element {
  const now = of.loaded.value;
  if (now.state === "there") return <>{children(now.value)}</>;
  if (now.state === "loading") {
    return (
      <div class="shape" aria-busy="true">
        <p class="unseen" role="status">
          Loading
        </p>
        <div aria-hidden="true">{shape}</div>
      </div>
    );
  }
  return (
    <div class="panel padded">
      <p role="alert">{now.words}</p>
      <button class="button" type="button" onClick={() => void of.again()}>
        Try again
      </button>
    </div>
  );
}

/** The shape of a list of rows. */
export function RowShapes({ count = 3 }: { readonly count?: number }): JSX.Element {
  return (
    <div class="panel">
      {Array.from({ length: count }, (_, index) => (
        <div class="row" key={index}>
          <div class="bone wide" />
          <div class="bone" />
          <div class="bone narrow" />
        </div>
      ))}
    </div>
  );
}

/** The shape of a form or a text. */
export function TextShapes({ count = 4 }: { readonly count?: number }): JSX.Element {
  return (
    <div>
      {Array.from({ length: count }, (_, index) => (
        <div class="bone block" key={index} />
      ))}
    </div>
  );
}
