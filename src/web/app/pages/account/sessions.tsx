import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { SignInSession } from "../../answers.ts";
import { useAction } from "../../parts/action.ts";
import { Button } from "../../parts/button.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Problem } from "../../parts/problem.tsx";
import { api, signOut } from "../../session.ts";
import { browserInWords } from "../../words/browsers.ts";
import type { AccountSection } from "../account.tsx";

/** Where one is signed in. */
export function Sessions({ account, onChanged }: AccountSection): JSX.Element {
  const leaving = useAction();
  const everywhere = useAction();
  const isAsking = useSignal(false);
  const leave = () =>
    void leaving.run(async () => {
      await signOut();
      location.replace("/sign-in");
    });
  const leaveEverywhere = () =>
    void everywhere.run(async () => {
      await api("DELETE", "/account/sessions");
      location.replace("/sign-in");
    });
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">Where you are signed in</h2>
      <ul class="panel">
        {account.sessions.map((session) => (
          <SessionRow key={session.id} session={session} onChanged={onChanged} />
        ))}
      </ul>
      <Problem of={leaving.problem} />
      <div class="buttons">
        <Button isBusy={leaving.isBusy} onPress={leave}>
          Sign out
        </Button>
        <Button
          onPress={() => {
            isAsking.value = true;
          }}
        >
          Sign out everywhere
        </Button>
      </div>
      {isAsking.value ? (
        <Confirm
          question="Sign out everywhere?"
          answer="Sign out everywhere"
          action={everywhere}
          onConfirm={leaveEverywhere}
          onCancel={() => {
            isAsking.value = false;
          }}
        >
          <p>Every browser has to sign in again, this one too. Apps and tokens stay as they are.</p>
        </Confirm>
      ) : null}
    </section>
  );
}

function SessionRow({
  session,
  onChanged,
}: {
  readonly session: SignInSession;
  readonly onChanged: AccountSection["onChanged"];
}): JSX.Element {
  const action = useAction();
  const browser = browserInWords(session.user_agent);
  const end = () =>
    void action.run(async () => {
      await api("DELETE", `/account/sessions/${encodeURIComponent(session.id)}`);
      await onChanged(`The session of ${browser} is ended.`);
    });
  return (
    <li class="row">
      <div class="row-head">
        <p>
          <strong>{browser}</strong>
          {session.current ? " (this one)" : ""}
        </p>
        {session.current ? null : (
          <Button kind="small" isBusy={action.isBusy} label={`End the session of ${browser}`} onPress={end}>
            End
          </Button>
        )}
      </div>
      <p class="quiet">
        Signed in <Moment at={session.created_at} />
        {session.address === null ? "" : ` from ${session.address}`}.
      </p>
      <Problem of={action.problem} />
    </li>
  );
}
