import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { DeviceLook, DeviceOutcome, Person } from "../answers.ts";
import { Refused } from "../call.ts";
import { useAction } from "../parts/action.ts";
import { Answerer, Asker } from "../parts/asker.tsx";
import { Button } from "../parts/button.tsx";
import { Decision } from "../parts/decision.tsx";
import { Field, Form } from "../parts/field.tsx";
import { Sheet } from "../parts/frame.tsx";
import { Heading } from "../parts/heading.tsx";
import { Icon } from "../parts/icon.tsx";
import { Show, TextShapes, useLoading } from "../parts/loaded.tsx";
import { Problem } from "../parts/problem.tsx";
import { RefusalList, ScopeList } from "../parts/scopeList.tsx";
import { api, signedInPerson } from "../session.ts";
import { lengthInWords, lifetimeInWords } from "../words/times.ts";

interface Asked {
  readonly code: string;
  readonly look: DeviceLook;
}

/** `/oauth2/device_authorization_consent`: a device asks by a code (RFC 8628 section 3.3). */
export function DeviceConsent(): JSX.Element {
  const start = useLoading(async () => {
    const person = await signedInPerson();
    const code = new URLSearchParams(location.search).get("user_code") ?? "";
    return { person, ...(code === "" ? {} : await lookAt(code)) };
  });
  const outcome = useSignal<DeviceOutcome["outcome"] | undefined>(undefined);
  if (outcome.value !== undefined) {
    const isGranted = outcome.value === "granted";
    return (
      <Sheet>
        <Heading title={isGranted ? "You can go back to your device" : "Not allowed"} takesFocus />
        <p>{isGranted ? "It goes on by itself in a few seconds." : "The device was given nothing."}</p>
        <p class="quiet">You can close this page.</p>
      </Sheet>
    );
  }
  return (
    <Sheet>
      <Heading title="Connect a device" />
      <Show of={start} shape={<TextShapes count={8} />}>
        {({ person, asked, problem }) => (
          <Asking
            person={person}
            found={asked}
            wrong={problem}
            onDecided={(decided) => {
              outcome.value = decided;
            }}
          />
        )}
      </Show>
    </Sheet>
  );
}

/** What a code leads to: a device that asks, or what is wrong with the code. @throws Refused for what is not the code's fault */
async function lookAt(typed: string): Promise<{ readonly asked?: Asked; readonly problem?: string }> {
  const code = typed.trim().toLowerCase();
  try {
    const look = await api<DeviceLook>("POST", "/device_authorizations/look", { user_code: code });
    return { asked: { code, look } };
  } catch (error) {
    const problem = error instanceof Refused ? WRONG_CODES[error.status] : undefined;
    if (problem === undefined) throw error;
    return { problem };
  }
}

/** What is wrong with a code, by the status with which it is refused. */
const WRONG_CODES: Readonly<Record<number, string>> = {
  400: "This is no such code. Type it as it stands on the device, with its dashes.",
  404: "No device waits with this code: it is unknown or over. Start again on the device.",
  409: "Somebody has decided about this device already. Start again on the device.",
};

function Asking({
  person,
  found,
  wrong,
  onDecided,
}: {
  readonly person: Person;
  readonly found: Asked | undefined;
  /** What is wrong with the code in the address. */
  readonly wrong: string | undefined;
  readonly onDecided: (outcome: DeviceOutcome["outcome"]) => void;
}): JSX.Element {
  const asked = useSignal(found);
  const problem = useSignal(wrong);
  const action = useAction();
  if (asked.value !== undefined) return <Question person={person} {...asked.value} onDecided={onDecided} />;
  const look = (typed: string) =>
    action.run(async () => {
      problem.value = undefined;
      const found = await lookAt(typed);
      asked.value = found.asked;
      problem.value = found.problem;
    });
  return (
    <>
      <Answerer person={person} />
      <Form onSubmit={(value) => void look(value("code"))}>
        <Field
          label="Code"
          name="code"
          required
          autocomplete="off"
          hint="The device in front of you shows it, with this page's address. Type it as it is there."
        />
        <div class="problem" role="alert">
          {problem.value === undefined ? null : <p>{problem.value}</p>}
        </div>
        <Problem of={action.problem} />
        <Button kind="main" submits isBusy={action.isBusy}>
          Go on
        </Button>
      </Form>
    </>
  );
}

function Question({
  person,
  code,
  look,
  onDecided,
}: Asked & {
  readonly person: Person;
  readonly onDecided: (outcome: DeviceOutcome["outcome"]) => void;
}): JSX.Element {
  const action = useAction();
  const decide = (allow: boolean) =>
    void action.run(async () => {
      const answer = await api<DeviceOutcome>("POST", "/device_authorizations", { user_code: code, allow });
      onDecided(answer.outcome);
    });
  return (
    <>
      <Answerer person={person} />
      <p class="lead">Does a device in front of you show this code?</p>
      <p class="user-code">
        <code>{code}</code>
      </p>
      <div class="notice" role="note">
        <Icon name="warning" />
        <div>
          <p>
            <strong>Did somebody send you this link or this code? Then cancel.</strong>
          </p>
          <p>Who has the device that shows the code gets what you allow, wherever it is.</p>
          {look.same_network ? null : <p>This device asked from another network than the one you are in.</p>}
        </div>
      </div>
      <Asker client={look.client} />
      <h2>It would be able to</h2>
      <ScopeList scopes={look.scopes} />
      <h2>It will not be able to</h2>
      <RefusalList scopes={look.scopes} />
      <dl class="facts">
        <dt>For how long</dt>
        <dd>{lifetimeInWords(look.lifetime_seconds, false)} You can disconnect it under Apps at any time.</dd>
        <dt>The code</dt>
        <dd>Is good for another {lengthInWords(minutes((look.expires_at - Date.now()) / SECOND_MS))}.</dd>
      </dl>
      <Decision action={action} decide={decide} />
    </>
  );
}

const SECOND_MS = 1_000;
const MINUTE_SECONDS = 60;

/** Whole minutes, in seconds; less than one as it is. */
function minutes(seconds: number): number {
  return seconds < MINUTE_SECONDS ? seconds : Math.floor(seconds / MINUTE_SECONDS) * MINUTE_SECONDS;
}
