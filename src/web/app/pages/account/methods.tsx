import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Ways } from "../../answers.ts";
import { askSession } from "../../call.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { Form, PasswordField } from "../../parts/field.tsx";
import { Outside, OutsideProblem } from "../../parts/outside.tsx";
import { Problem } from "../../parts/problem.tsx";
import { api } from "../../session.ts";
import type { AccountSection } from "../account.tsx";
import { Passkeys } from "./passkeys.tsx";

/** The ways by which one signs in: password, passkeys, an outside provider. The last one is never taken away. */
export function Methods({ account, ways, onChanged }: AccountSection & { readonly ways: Ways }): JSX.Element {
  return (
    <section aria-labelledby="methods">
      <h2 id="methods">Ways to sign in</h2>
      <OutsideProblem />
      <Password account={account} onChanged={onChanged} />
      <Passkeys account={account} onChanged={onChanged} />
      <OutsideWay account={account} ways={ways} onChanged={onChanged} />
    </section>
  );
}

function Password({ account, onChanged }: AccountSection): JSX.Element {
  const hasOne = account.sign_in_methods.password;
  const action = useAction();
  const isChanging = useSignal(false);
  const change = (value: (name: string) => string) =>
    void action.run(async () => {
      const current = hasOne ? { current: value("current") } : {};
      await askSession("POST", "password", { ...current, password: value("password") });
      isChanging.value = false;
      await onChanged("Your password is changed. Your other sessions are ended.");
    });
  return (
    <div class="way">
      <div class="row-head">
        <h3>Password</h3>
        {isChanging.value ? null : (
          <Button
            kind="small"
            onPress={() => {
              isChanging.value = true;
            }}
          >
            {hasOne ? "Change the password" : "Set a password"}
          </Button>
        )}
      </div>
      {isChanging.value ? (
        <Form onSubmit={change}>
          {/* By it a browser knows whose password it keeps. */}
          <input hidden readOnly autocomplete="username" value={account.person.email} />
          {hasOne ? <PasswordField label="Current password" name="current" /> : null}
          <PasswordField label="New password" name="password" isNew />
          <p class="quiet">You stay signed in here, and nowhere else.</p>
          <Problem of={action.problem} />
          <div class="buttons">
            <Button
              onPress={() => {
                isChanging.value = false;
              }}
            >
              Cancel
            </Button>
            <Button kind="main" submits isBusy={action.isBusy}>
              {hasOne ? "Change it" : "Set it"}
            </Button>
          </div>
        </Form>
      ) : (
        <p class="quiet">{hasOne ? "You have one." : "You have none."}</p>
      )}
    </div>
  );
}

function OutsideWay({
  account,
  ways,
  onChanged,
}: AccountSection & { readonly ways: Ways }): JSX.Element | null {
  const action = useAction();
  const { outside } = account.sign_in_methods;
  if (outside === null && ways.outside === null) return null;
  const unlink = () =>
    void action.run(async () => {
      await api("DELETE", "/account/outside");
      await onChanged("The outside provider is taken away.");
    });
  const name = outside?.name ?? ways.outside?.name ?? "";
  return (
    <div class="way">
      <div class="row-head">
        <h3>{name}</h3>
        {outside === null ? (
          <Outside name={name} verb="Add signing in" wanted={{ continue: "/account", link: true }} />
        ) : (
          <Button kind="small" isBusy={action.isBusy} onPress={unlink}>
            Take {name} away
          </Button>
        )}
      </div>
      <p class="quiet">{outside === null ? "Not used yet." : `You can sign in with ${name}.`}</p>
      <Problem of={action.problem} />
    </div>
  );
}
