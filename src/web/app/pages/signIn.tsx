import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Ways } from "../answers.ts";
import { askSession } from "../call.ts";
import { continueTo } from "../continueTo.ts";
import { useCountdown } from "../countdown.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Field, Form, PasswordField } from "../parts/field.tsx";
import { Sheet } from "../parts/frame.tsx";
import { Heading } from "../parts/heading.tsx";
import { Icon } from "../parts/icon.tsx";
import { Show, TextShapes, useLoading } from "../parts/loaded.tsx";
import { Outside, OutsideProblem } from "../parts/outside.tsx";
import { Problem } from "../parts/problem.tsx";
import { knowsPasskeys, offersPasskeysInFields, signInWithPasskey } from "../passkeys.ts";
import { toSentence } from "../words/problems.ts";

/** `/sign-in` */
export function SignIn(): JSX.Element {
  const ways = useLoading(() => askSession<Ways>("GET", "ways"));
  return (
    <Sheet>
      <Heading title="Sign in" />
      <Show of={ways} shape={<TextShapes count={6} />}>
        {(value) => (value.can_sign_in ? <SigningIn ways={value} /> : <NotHere reason={value.reason} />)}
      </Show>
    </Sheet>
  );
}

/** Says why nobody can sign in under this address. */
export function NotHere({ reason }: { readonly reason: string | null }): JSX.Element {
  return (
    <div class="notice" role="note">
      <Icon name="warning" />
      <div>
        <p>
          <strong>Signing in does not work under this address.</strong>
        </p>
        <p>{reason === null ? "It takes https, or this machine itself as localhost." : toSentence(reason)}</p>
      </div>
    </div>
  );
}

function SigningIn({ ways }: { readonly ways: Ways }): JSX.Element {
  const action = useAction();
  const wait = useCountdown();
  const goOn = () => location.replace(continueTo(location.search, location.origin));
  const passkey = usePasskey(goOn);
  const signIn = (email: string, password: string) =>
    action.run(async () => {
      await askSession("POST", "sign-in", { email, password });
      goOn();
    });
  useEffect(() => {
    const seconds = action.problem.value?.waitSeconds;
    if (seconds !== undefined) wait.start(seconds);
  }, [action.problem.value]);
  return (
    <>
      <OutsideProblem />
      <Form onSubmit={(value) => void signIn(value("email"), value("password"))}>
        <Field label="E-mail" name="email" type="email" required autocomplete="username webauthn" />
        <PasswordField label="Password" name="password" />
        <Problem of={action.problem} />
        <Button kind="main" submits isBusy={action.isBusy} isResting={wait.secondsLeft.value > 0}>
          {wait.secondsLeft.value > 0 ? `Try again in ${wait.secondsLeft.value} s` : "Sign in"}
        </Button>
      </Form>
      <div class="ways">
        {knowsPasskeys() ? (
          <Button isBusy={passkey.isBusy} onPress={passkey.start}>
            <Icon name="passkey" />
            Sign in with a passkey
          </Button>
        ) : null}
        <Problem of={passkey.problem} />
        {ways.outside === null ? null : (
          <Outside name={ways.outside.name} verb="Sign in" wanted={{ continue: pathOfContinue() }} />
        )}
      </div>
      <Below ways={ways} />
    </>
  );
}

/** What the outside provider leads back to: a path, which the server checks once more. */
function pathOfContinue(): string {
  return continueTo(location.search, location.origin).slice(location.origin.length);
}

/** A passkey by the button, and before that in the list below the e-mail field. */
function usePasskey(goOn: () => void) {
  const action = useAction();
  const waiting = useRef<AbortController | undefined>(undefined);
  const attempt = async (inField: boolean) => {
    waiting.current?.abort();
    const mine = new AbortController();
    waiting.current = mine;
    try {
      await signInWithPasskey(inField, mine.signal);
    } catch (error) {
      // The person closed the browser's own window, which needs no words of ours.
      if (error instanceof DOMException) return;
      throw error;
    }
    goOn();
  };
  useEffect(() => {
    void offersPasskeysInFields().then((offers) => {
      // Somebody was quicker and pressed the button. What stands against it is said to who presses it.
      if (offers && waiting.current === undefined) void attempt(true).catch(() => {});
    });
    return () => waiting.current?.abort();
  }, []);
  return { ...action, start: () => void action.run(() => attempt(false)) };
}

function Below({ ways }: { readonly ways: Ways }): JSX.Element {
  return (
    <div class="below">
      <details>
        <summary>Forgotten the password?</summary>
        <p>
          This server sends no mail. Ask whoever runs it for a link by which you set a new one. They make it
          with:
        </p>
        <pre>npm run heartwire -- user reset E-MAIL</pre>
      </details>
      {ways.sign_up === "open" ? (
        <p>
          No account yet? <a href={`/sign-up${location.search}`}>Make one</a>
        </p>
      ) : null}
      {ways.sign_up === "invitation" ? (
        <p class="quiet">Accounts are made by invitation. Whoever runs this server can send you a link.</p>
      ) : null}
    </div>
  );
}
