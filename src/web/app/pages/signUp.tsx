import type { JSX } from "preact";
import type { LinkAnswer, Ways } from "../answers.ts";
import { askSession, Refused } from "../call.ts";
import { continueTo } from "../continueTo.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Field, Form, PasswordField } from "../parts/field.tsx";
import { Sheet } from "../parts/frame.tsx";
import { Heading } from "../parts/heading.tsx";
import { Show, TextShapes, useLoading } from "../parts/loaded.tsx";
import { Outside } from "../parts/outside.tsx";
import { Problem } from "../parts/problem.tsx";
import { NotHere } from "./signIn.tsx";

const NOT_FOUND = 404;
const WRONG_PASSWORD = 401;

interface Opening {
  readonly ways: Ways;
  /** What the link's code is for; undefined without a code, or with one that is unknown, used or over. */
  readonly link: LinkAnswer | undefined;
  readonly code: string;
}

/** `/sign-up`, by an invitation's or the claim link, whose code stands behind `#`, or open. */
export function SignUp(): JSX.Element {
  const opening = useLoading(open);
  return (
    <Sheet>
      <Heading title="Make your account" />
      <Show of={opening} shape={<TextShapes count={6} />}>
        {(value) => <Opened {...value} />}
      </Show>
    </Sheet>
  );
}

/** The code stays in the address until it is used, so that the page can be loaded again. No server is sent it there. */
async function open(): Promise<Opening> {
  const code = location.hash.slice(1);
  const [ways, link] = await Promise.all([
    askSession<Ways>("GET", "ways"),
    code === "" ? undefined : lookAtLink(code),
  ]);
  return { ways, link, code };
}

/** @returns undefined when the code is unknown, used or over */
export async function lookAtLink(code: string): Promise<LinkAnswer | undefined> {
  try {
    return await askSession<LinkAnswer>("POST", "link", { code });
  } catch (error) {
    if (error instanceof Refused && error.status === NOT_FOUND) return undefined;
    throw error;
  }
}

function Opened({ ways, link, code }: Opening): JSX.Element {
  if (!ways.can_sign_in) return <NotHere reason={ways.reason} />;
  if (link?.kind === "reset") return <a href={`/reset#${code}`}>This link sets a new password. Go on</a>;
  if (link !== undefined) return <Making ways={ways} code={code} words={wordsOf(link)} />;
  if (code !== "") {
    return (
      <DeadEnd words="This link is unknown, was used already or is over. Ask whoever runs this server for a new one." />
    );
  }
  if (ways.sign_up === "open")
    return <Making ways={ways} words="It keeps your heart rates on this server." />;
  return (
    <DeadEnd
      words={
        ways.sign_up === "invitation"
          ? "Accounts are made by invitation here. Whoever runs this server can send you a link."
          : "No more accounts are made on this server."
      }
    />
  );
}

function DeadEnd({ words }: { readonly words: string }): JSX.Element {
  return (
    <>
      <p>{words}</p>
      <p>
        <a href="/sign-in">Sign in to an account that you have</a>
      </p>
    </>
  );
}

function wordsOf({ kind, profile }: LinkAnswer): string {
  if (profile !== null)
    return `This makes your account and gives it the user “${profile}”, with all of its heart rates.`;
  return kind === "claim"
    ? "This makes the account of whoever runs this server."
    : "You are invited. Your account keeps your heart rates on this server.";
}

interface SignUpAnswer {
  /** Whether the answer signed in too. */
  readonly signed_in: boolean;
}

/** @throws Refused in words that fit somebody who wanted an account, and may have one already */
async function signInAfter(typed: { readonly email: string; readonly password: string }): Promise<void> {
  try {
    await askSession("POST", "sign-in", typed);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== WRONG_PASSWORD) throw error;
    const words = "this address can be used to sign in, but with another password; sign in with that one";
    throw new Refused(error.status, -1, words);
  }
}

function Making({
  ways,
  words,
  code,
}: {
  readonly ways: Ways;
  readonly words: string;
  readonly code?: string;
}): JSX.Element {
  const action = useAction();
  const withCode = code === undefined ? {} : { code };
  const make = (value: (name: string) => string) =>
    action.run(async () => {
      const typed = { email: value("email"), password: value("password") };
      const made = await askSession<SignUpAnswer>("POST", "sign-up", {
        ...typed,
        name: value("name"),
        ...withCode,
      });
      // Open sign-up answers alike whether there was such an account or not; signing in tells only its owner.
      if (!made.signed_in) await signInAfter(typed);
      location.replace(continueTo(location.search, location.origin));
    });
  return (
    <>
      <p class="lead">{words}</p>
      <Form onSubmit={(value) => void make(value)}>
        <Field
          label="Name"
          name="name"
          required
          maxLength={100}
          autocomplete="name"
          hint="What you are called here."
        />
        <Field
          label="E-mail"
          name="email"
          type="email"
          required
          autocomplete="username"
          hint="You sign in with it. Nothing is sent to it."
        />
        <PasswordField label="Password" name="password" isNew />
        <Problem of={action.problem} />
        <Button kind="main" submits isBusy={action.isBusy}>
          Make the account
        </Button>
      </Form>
      {ways.outside === null ? null : (
        <div class="ways">
          <Outside name={ways.outside.name} verb="Sign up" wanted={{ continue: "/apps", ...withCode }} />
        </div>
      )}
      <p class="below quiet">
        You have one already? <a href="/sign-in">Sign in</a>
      </p>
    </>
  );
}
