import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Passkey } from "../../answers.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { Field, Form } from "../../parts/field.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Problem } from "../../parts/problem.tsx";
import { addPasskey, knowsPasskeys } from "../../passkeys.ts";
import { api } from "../../session.ts";
import { browserInWords } from "../../words/browsers.ts";
import type { AccountSection } from "../account.tsx";

/** Passkeys: a list, and one more. */
export function Passkeys({ account, onChanged }: AccountSection): JSX.Element {
  const action = useAction();
  const isAdding = useSignal(false);
  const { passkeys } = account.sign_in_methods;
  const add = (name: string) =>
    void action.run(async () => {
      try {
        await addPasskey(name.trim());
      } catch (error) {
        // The person closed the browser's own window, which needs no words of ours.
        if (error instanceof DOMException) return;
        throw error;
      }
      isAdding.value = false;
      await onChanged(`The passkey “${name.trim()}” is added.`);
    });
  return (
    <div class="way">
      <div class="row-head">
        <h3>Passkeys</h3>
        {knowsPasskeys() && !isAdding.value ? (
          <Button
            kind="small"
            onPress={() => {
              isAdding.value = true;
            }}
          >
            Add a passkey
          </Button>
        ) : null}
      </div>
      <p class="quiet">
        {passkeys.length === 0
          ? "You have none. A passkey signs you in with your finger, your face or this device's PIN, and cannot be guessed or fished for."
          : "They sign you in with your finger, your face or a device's PIN."}
      </p>
      {isAdding.value ? (
        <Form onSubmit={(value) => add(value("name"))}>
          <Field
            label="Name of the passkey"
            name="name"
            required
            maxLength={100}
            autocomplete="off"
            value={browserInWords(navigator.userAgent)}
            hint="By which you know it again."
          />
          <Problem of={action.problem} />
          <div class="buttons">
            <Button
              onPress={() => {
                isAdding.value = false;
              }}
            >
              Cancel
            </Button>
            <Button kind="main" submits isBusy={action.isBusy}>
              Add it
            </Button>
          </div>
        </Form>
      ) : null}
      <ul class="plain-list">
        {passkeys.map((passkey) => (
          <PasskeyRow key={passkey.id} passkey={passkey} onChanged={onChanged} />
        ))}
      </ul>
    </div>
  );
}

function PasskeyRow({
  passkey,
  onChanged,
}: {
  readonly passkey: Passkey;
  readonly onChanged: AccountSection["onChanged"];
}): JSX.Element {
  const action = useAction();
  const name = passkey.name ?? "Without a name";
  const remove = () =>
    void action.run(async () => {
      await api("DELETE", `/account/passkeys/${encodeURIComponent(passkey.id)}`);
      await onChanged(`The passkey “${name}” is removed. Delete it on its device too.`);
    });
  return (
    <li>
      <div class="row-head">
        <p>
          {name}
          {passkey.created_at === null ? null : (
            <span class="quiet">
              {" "}
              added <Moment at={passkey.created_at} />
            </span>
          )}
        </p>
        <Button kind="small" isBusy={action.isBusy} label={`Remove the passkey ${name}`} onPress={remove}>
          Remove
        </Button>
      </div>
      <Problem of={action.problem} />
    </li>
  );
}
