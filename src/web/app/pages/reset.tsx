import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { askSession } from "../call.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Form, PasswordField } from "../parts/field.tsx";
import { Sheet } from "../parts/frame.tsx";
import { Heading } from "../parts/heading.tsx";
import { Show, TextShapes, useLoading } from "../parts/loaded.tsx";
import { Problem } from "../parts/problem.tsx";
import { lookAtLink } from "./signUp.tsx";

/** `/reset`, by a link that whoever runs the server made; its code stands behind `#`. */
export function Reset(): JSX.Element {
  const code = location.hash.slice(1);
  const isDone = useSignal(false);
  const link = useLoading(async () => ({ found: code === "" ? undefined : await lookAtLink(code) }));
  if (isDone.value) {
    return (
      <Sheet>
        <Heading title="Your password is set" takesFocus />
        <p>You were signed out everywhere, in case somebody else was you.</p>
        <p>
          <a class="button main" href="/sign-in">
            Sign in
          </a>
        </p>
      </Sheet>
    );
  }
  return (
    <Sheet>
      <Heading title="Set a new password" />
      <Show of={link} shape={<TextShapes count={3} />}>
        {({ found }) =>
          found?.kind === "reset" ? (
            <Setting
              code={code}
              onDone={() => {
                // The code is used up; it need not stand in the address, or in what browsers keep of it.
                history.replaceState(null, "", "/reset");
                isDone.value = true;
              }}
            />
          ) : (
            <p>
              This link is unknown, was used already or is over. Ask whoever runs this server for a new one.
              They make it with <code>npm run heartwire -- user reset E-MAIL</code>.
            </p>
          )
        }
      </Show>
    </Sheet>
  );
}

function Setting({ code, onDone }: { readonly code: string; readonly onDone: () => void }): JSX.Element {
  const action = useAction();
  const set = (password: string) =>
    action.run(async () => {
      await askSession("POST", "reset", { code, password });
      onDone();
    });
  return (
    <>
      <p class="lead">It ends every session of your account. Apps stay connected.</p>
      <Form onSubmit={(value) => void set(value("password"))}>
        <PasswordField label="New password" name="password" isNew />
        <Problem of={action.problem} />
        <Button kind="main" submits isBusy={action.isBusy}>
          Set the password
        </Button>
      </Form>
    </>
  );
}
