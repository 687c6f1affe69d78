import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { SCOPES } from "../../../domain/scopes.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Field } from "../parts/field.tsx";
import { Problem } from "../parts/problem.tsx";
import { ScopeChoice } from "../parts/scopeList.tsx";
import { OWN_SCOPES } from "../scopes.ts";
import { api } from "../session.ts";

const DAY_SECONDS = 86_400;

/** How long a token is good; without a number until it is revoked. */
const EXPIRIES: readonly { readonly words: string; readonly days?: number }[] = [
  { words: "Until I revoke it" },
  { words: "1 day", days: 1 },
  { words: "30 days", days: 30 },
  { words: "90 days", days: 90 },
  { words: "1 year", days: 365 },
];

/** The form by which a token is made. */
export function NewToken({
  onMade,
  onCancel,
}: {
  readonly onMade: (token: string) => Promise<void>;
  readonly onCancel: () => void;
}): JSX.Element {
  const action = useAction();
  const lacksScope = useSignal(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const make = (form: HTMLFormElement) => {
    const data = new FormData(form);
    const ticked = data.getAll("scope");
    lacksScope.value = ticked.length === 0;
    if (lacksScope.value) return;
    const days = Number(data.get("days"));
    void action.run(async () => {
      const { token } = await api<{ readonly token: string }>("POST", "/account/tokens", {
        name: String(data.get("name")).trim(),
        scopes: SCOPES.filter((scope) => ticked.includes(scope)),
        ...(days > 0 ? { expires_in: days * DAY_SECONDS } : {}),
      });
      await onMade(token);
    });
  };
  return (
    <form
      class="panel padded"
      onSubmit={(event) => {
        event.preventDefault();
        make(event.currentTarget);
      }}
    >
      <h2 tabIndex={-1} ref={heading}>
        Make a token
      </h2>
      <Field
        label="Name"
        name="name"
        required
        maxLength={100}
        autocomplete="off"
        hint="What it is for, such as “Watch” or “OBS”."
      />
      <ScopeChoice scopes={OWN_SCOPES} chosen={["data:heart_rate:read"]} />
      <div class="field">
        <label for="days">Good for</label>
        <select id="days" name="days">
          {EXPIRIES.map(({ words, days = 0 }) => (
            <option key={days} value={days}>
              {words}
            </option>
          ))}
        </select>
      </div>
      <div class="problem" role="alert">
        {lacksScope.value ? <p>Choose at least one thing that it may do.</p> : null}
      </div>
      <Problem of={action.problem} />
      <div class="buttons">
        <Button onPress={onCancel}>Cancel</Button>
        <Button kind="main" submits isBusy={action.isBusy}>
          Make the token
        </Button>
      </div>
    </form>
  );
}
