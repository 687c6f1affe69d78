import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

/** A secret that is shown once. It is gone when the page is left: browsers keep pages, as they were, to go back to. */
export function useSecret(): Signal<string | undefined> {
  const secret = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const forget = () => {
      secret.value = undefined;
    };
    addEventListener("pagehide", forget);
    return () => removeEventListener("pagehide", forget);
  }, []);
  return secret;
}

/** Shows a secret with a button that copies it. */
export function ShownOnce({
  name,
  secret,
  danger = "whoever has it can do what it may do.",
  onDone,
}: {
  /** What it is, such as "Token". */
  readonly name: string;
  readonly secret: string;
  /** What somebody else could do with it. */
  readonly danger?: string;
  readonly onDone?: () => void;
}): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section class="panel padded once">
      <h2 tabIndex={-1} ref={heading}>
        {name}
      </h2>
      <Copy label={name} text={secret} />
      <p>
        <strong>You will not see this again.</strong> Keep it like a password: {danger}
      </p>
      {onDone === undefined ? null : (
        <button class="button" type="button" onClick={onDone}>
          I have kept it
        </button>
      )}
    </section>
  );
}

/** A text that is there to be copied. */
export function Copy({ label, text }: { readonly label: string; readonly text: string }): JSX.Element {
  const id = useId();
  const said = useSignal("");
  const shown = useRef<HTMLElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.value = "Copied";
    } catch {
      // No clipboard, or none that this page may use: it is selected, so that a key copies it.
      if (shown.current !== null) getSelection()?.selectAllChildren(shown.current);
      said.value = "Selected: copy it now";
    }
  };
  return (
    <div class="copy">
      <code id={id} ref={shown}>
        {text}
      </code>
      <button class="button small" type="button" aria-label={`Copy: ${label}`} onClick={() => void copy()}>
        Copy
      </button>
      <span class="copied" role="status">
        {said.value}
      </span>
    </div>
  );
}
