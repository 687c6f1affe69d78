import type { JSX } from "preact";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { Field, Form } from "../../parts/field.tsx";
import { Problem } from "../../parts/problem.tsx";
import { api } from "../../session.ts";
import type { AccountSection } from "../account.tsx";

const SEXES = [
  { value: "", words: "Not said" },
  { value: "female", words: "Female" },
  { value: "male", words: "Male" },
] as const;

/** What others see, and what calories are reckoned by. */
export function Details({ account, onChanged }: AccountSection): JSX.Element {
  const { person, profile } = account;
  const action = useAction();
  const save = (value: (name: string) => string) =>
    void action.run(async () => {
      const weight = value("weight");
      await api("PUT", "/account/details", {
        channel: filled(value("channel")),
        username: filled(value("username")),
        birth_date: filled(value("birth")),
        weight_kilograms: weight === "" ? null : Number(weight),
        sex: filled(value("sex")),
      });
      await onChanged("Your details are saved.");
    });
  return (
    <section aria-labelledby="details">
      <h2 id="details">Details</h2>
      <dl class="facts">
        <dt>Name</dt>
        <dd>{person.name}</dd>
        <dt>E-mail</dt>
        <dd>{person.email}</dd>
        <dt>Profile</dt>
        <dd>
          {profile.name}
          <br />
          <code class="quiet">{profile.profile_id}</code>
        </dd>
      </dl>
      <Form onSubmit={save}>
        <Field
          label="Shown to apps as"
          name="username"
          maxLength={100}
          autocomplete="off"
          value={profile.username ?? ""}
        />
        <Field
          label="Where you stream"
          name="channel"
          maxLength={100}
          autocomplete="off"
          value={profile.channel ?? ""}
          placeholder="twitch.tv/you"
        />
        <p class="quiet">
          By age, weight and sex calories are reckoned. Without them it is the average of everybody.
        </p>
        <div class="side-by-side">
          <Field
            label="Born on"
            name="birth"
            type="date"
            autocomplete="bday"
            value={profile.birth_date ?? ""}
          />
          <Field
            label="Weight in kg"
            name="weight"
            type="number"
            min={1}
            max={1000}
            step={0.1}
            autocomplete="off"
            value={profile.weight_kilograms ?? ""}
          />
          <div class="field">
            <label for="sex">Sex</label>
            <select id="sex" name="sex">
              {SEXES.map(({ value, words }) => (
                <option key={value} value={value} selected={value === (profile.sex ?? "")}>
                  {words}
                </option>
              ))}
            </select>
          </div>
        </div>
        <Problem of={action.problem} />
        <Button submits isBusy={action.isBusy}>
          Save
        </Button>
      </Form>
    </section>
  );
}

/** What is left empty is taken away. */
function filled(text: string): string | null {
  return text.trim() === "" ? null : text.trim();
}
