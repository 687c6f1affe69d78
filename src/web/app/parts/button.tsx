import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";

/**
 * A button that does something once at a time. It is never `disabled`, which would take the focus away from whoever
 * pressed it: it says that it is not to be pressed, and does nothing.
 */
export function Button({
  kind = "plain",
  isBusy,
  isResting = false,
  submits = false,
  onPress,
  label,
  children,
}: {
  /** `main`: the one that the page is for. `grave`: takes something away for good. */
  readonly kind?: "main" | "plain" | "grave" | "small";
  readonly isBusy?: ReadonlySignal<boolean>;
  /** Not to be pressed yet. */
  readonly isResting?: boolean;
  readonly submits?: boolean;
  readonly onPress?: () => void;
  /** Where the words on it say too little by themselves. */
  readonly label?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const rests = isResting || (isBusy?.value ?? false);
  return (
    <button
      class={`button ${kind}`}
      type={submits ? "submit" : "button"}
      aria-disabled={rests}
      aria-busy={isBusy?.value ?? false}
      aria-label={label}
      onClick={(event) => {
        if (rests) event.preventDefault();
        else onPress?.();
      }}
    >
      {children}
    </button>
  );
}
