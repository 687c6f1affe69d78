import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { OwnClient } from "../answers.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Field } from "../parts/field.tsx";
import { Icon } from "../parts/icon.tsx";
import { Problem } from "../parts/problem.tsx";

/** The form by which an app is registered or changed. */
export function ClientForm({
  client,
  onSave,
  onCancel,
}: {
  /** Absent for a new one. */
  readonly client?: OwnClient;
  /** @throws Refused with what stands against it */
  readonly onSave: (fields: object) => Promise<void>;
  readonly onCancel: () => void;
}): JSX.Element {
  const id = useId();
  const action = useAction();
  const isImplicit = useSignal(client?.implicit ?? false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const save = (form: HTMLFormElement) => {
    const data = new FormData(form);
    void action.run(() =>
      onSave({
        name: String(data.get("name")).trim(),
        redirect_uris: linesOf(String(data.get("redirects"))),
        implicit: isImplicit.value,
        ...(client === undefined ? { confidential: data.get("kind") === "confidential" } : {}),
      }),
    );
  };
  return (
    <form
      class={client === undefined ? "panel padded" : "within"}
      onSubmit={(event) => {
        event.preventDefault();
        save(event.currentTarget);
      }}
    >
      <h2 tabIndex={-1} ref={heading}>
        {client === undefined ? "Register an app" : `Change ${client.name}`}
      </h2>
      <Field
        label="Name"
        name="name"
        required
        maxLength={100}
        autocomplete="off"
        value={client?.name ?? ""}
        hint="People read it when they are asked."
      />
      <div class="field">
        <label for={`${id}-redirects`}>Redirect addresses, one a line</label>
        <textarea
          id={`${id}-redirects`}
          name="redirects"
          rows={3}
          spellcheck={false}
          defaultValue={client?.redirect_uris.join("\n") ?? ""}
          placeholder="https://app.example/callback"
          aria-describedby={`${id}-redirects-hint`}
        />
        <p class="hint" id={`${id}-redirects-hint`}>
          Where the answer goes: compared letter by letter. A program on a desktop takes
          http://127.0.0.1/callback; its port may differ. None are needed for devices, and for a backend that
          asks for itself alone.
        </p>
      </div>
      {client === undefined ? <Kinds /> : null}
      <div class="field">
        <label class="choice">
          <input
            type="checkbox"
            checked={isImplicit.value}
            aria-describedby={`${id}-implicit`}
            onChange={(event) => {
              isImplicit.value = event.currentTarget.checked;
            }}
          />
          <span>
            <strong>Allow the implicit grant</strong>
            <span class="quiet">Gives the token in the address itself (response_type=token).</span>
          </span>
        </label>
        <div class="notice" id={`${id}-implicit`} role="note">
          <Icon name="warning" />
          <p>
            RFC 9700 advises against it: what stands in an address is seen by other programs and kept in
            histories, and the token is good for a year. Leave it off unless an app of old needs it.
          </p>
        </div>
      </div>
      <Problem of={action.problem} />
      <div class="buttons">
        <Button onPress={onCancel}>Cancel</Button>
        <Button kind="main" submits isBusy={action.isBusy}>
          {client === undefined ? "Register" : "Save"}
        </Button>
      </div>
    </form>
  );
}

function Kinds(): JSX.Element {
  return (
    <fieldset>
      <legend>Where it runs</legend>
      <label class="choice">
        <input type="radio" name="kind" value="public" defaultChecked />
        <span>
          <strong>On people's own devices, or in a browser</strong>
          <span class="quiet">It can keep no secret. It uses PKCE.</span>
        </span>
      </label>
      <label class="choice">
        <input type="radio" name="kind" value="confidential" />
        <span>
          <strong>On a server</strong>
          <span class="quiet">It is given a secret, shown once.</span>
        </span>
      </label>
    </fieldset>
  );
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
