import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Account } from "../../answers.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { Field, Form } from "../../parts/field.tsx";
import { Problem } from "../../parts/problem.tsx";
import { api, apiResponse } from "../../session.ts";

/** What is kept of a person: to take along, or to be erased. */
export function Data({ account }: { readonly account: Account }): JSX.Element {
  const action = useAction();
  const isErasing = useSignal(false);
  return (
    <section aria-labelledby="data">
      <h2 id="data">Your data</h2>
      <div class="way">
        <div class="row-head">
          <h3>Export</h3>
          <Button kind="small" isBusy={action.isBusy} onPress={() => void action.run(download)}>
            Export everything
          </Button>
        </div>
        <p class="quiet">A file with everything this server has on you: readings, account, apps, activity.</p>
        <Problem of={action.problem} />
      </div>
      <div class="way">
        <div class="row-head">
          <h3>Erase</h3>
          {isErasing.value ? null : (
            <Button
              kind="small"
              onPress={() => {
                isErasing.value = true;
              }}
            >
              Erase my account
            </Button>
          )}
        </div>
        <p class="quiet">
          Nothing is left: no account, no reading, no token. It cannot be taken back, so export first.
        </p>
        {isErasing.value ? (
          <Erasing
            email={account.person.email}
            onCancel={() => {
              isErasing.value = false;
            }}
          />
        ) : null}
      </div>
    </section>
  );
}

function Erasing({
  email,
  onCancel,
}: {
  readonly email: string;
  readonly onCancel: () => void;
}): JSX.Element {
  const action = useAction();
  const erase = (typed: string) =>
    void action.run(async () => {
      await api("POST", "/account/erase", { email: typed.trim() });
      location.replace("/sign-in#erased");
    });
  return (
    <Form onSubmit={(value) => erase(value("email"))}>
      <Field
        label="Type your e-mail address to erase everything"
        name="email"
        type="email"
        required
        autocomplete="off"
        hint={`It is ${email}.`}
      />
      <Problem of={action.problem} />
      <div class="buttons">
        <Button onPress={onCancel}>Cancel</Button>
        <Button kind="grave" submits isBusy={action.isBusy}>
          Erase everything
        </Button>
      </div>
    </Form>
  );
}

const FILE_NAME = /filename="([^"/\\]+)"/;

/** Takes the export as a file. A link by itself could show no token, so it is fetched and then given to the browser. */
async function download(): Promise<void> {
  const response = await apiResponse("GET", "/account/export");
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download =
    FILE_NAME.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? "heartwire-export.json";
  link.click();
  URL.revokeObjectURL(address);
}
