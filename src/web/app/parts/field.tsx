import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface FieldProperties {
  readonly label: string;
  /** What to know of it, below it. */
  readonly hint?: ComponentChildren;
  readonly name: string;
  readonly type?: "text" | "email" | "date" | "number";
  /** What it holds to begin with; what was typed is never overwritten. */
  readonly value?: string | number;
  readonly required?: boolean;
  readonly autocomplete: string;
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly placeholder?: string;
}

/** A field with its label above and what to know of it below. */
export function Field({ label, hint, value, type = "text", ...given }: FieldProperties): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...given}
        id={id}
        // Of these types each takes what is given here, which the types of TSX do not see.
        type={type as "text"}
        defaultValue={value}
        spellcheck={false}
        autocapitalize="off"
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      />
      {hint === undefined ? null : (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** The shortest password that the server takes, in characters. */
const PASSWORD_LENGTH_MIN = 10;
const PASSWORD_LENGTH_MAX = 128;

/** A password, hidden until one wants to see it. */
export function PasswordField({
  label,
  name,
  isNew = false,
}: {
  readonly label: string;
  readonly name: string;
  /** One that is being chosen: its rules are said, and a browser offers to make one. */
  readonly isNew?: boolean;
}): JSX.Element {
  const id = useId();
  const isSeen = useSignal(false);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="with-button">
        <input
          id={id}
          name={name}
          type={(isSeen.value ? "text" : "password") as "password"}
          required
          spellcheck={false}
          autocapitalize="off"
          autocomplete={isNew ? "new-password" : "current-password"}
          minLength={isNew ? PASSWORD_LENGTH_MIN : undefined}
          maxLength={PASSWORD_LENGTH_MAX}
          aria-describedby={isNew ? `${id}-hint` : undefined}
        />
        <button
          class="in-field"
          type="button"
          aria-pressed={isSeen.value}
          aria-label={`Show: ${label}`}
          onClick={() => {
            isSeen.value = !isSeen.value;
          }}
        >
          {isSeen.value ? "Hide" : "Show"}
        </button>
      </div>
      {isNew ? (
        <p class="hint" id={`${id}-hint`}>
          At least {PASSWORD_LENGTH_MIN} characters. A few words that only you would put together are good.
        </p>
      ) : null}
    </div>
  );
}

/** What was typed into a form, by the names of its fields. */
export function typedIn(form: HTMLFormElement): (name: string) => string {
  const data = new FormData(form);
  return (name) => String(data.get(name) ?? "");
}

/** A form that does something here: no browser sends it anywhere (`form-action 'none'`). */
export function Form({
  onSubmit,
  children,
}: {
  readonly onSubmit: (value: (name: string) => string, form: HTMLFormElement) => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(typedIn(event.currentTarget), event.currentTarget);
      }}
    >
      {children}
    </form>
  );
}
