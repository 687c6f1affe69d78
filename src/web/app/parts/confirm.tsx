import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { Action } from "./action.ts";
import { Button } from "./button.tsx";
import { Problem } from "./problem.tsx";

/** Asks whether something is meant that cannot be taken back. Enter on opening it takes nothing away: "Cancel" has the focus. */
export function Confirm({
  question,
  answer,
  action,
  onConfirm,
  onCancel,
  children,
}: {
  readonly question: string;
  /** The words of the button that does it. */
  readonly answer: string;
  readonly action: Action;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <h2 id={id}>{question}</h2>
      {children}
      <Problem of={action.problem} />
      <div class="buttons">
        <Button onPress={onCancel}>Cancel</Button>
        <Button kind="grave" isBusy={action.isBusy} onPress={onConfirm}>
          {answer}
        </Button>
      </div>
    </dialog>
  );
}
