import type { JSX } from "preact";
import type { AskingClient, Person } from "../answers.ts";
import { signInAddress } from "../continueTo.ts";
import { signOut } from "../session.ts";
import { dateInWords } from "../words/times.ts";
import { useAction } from "./action.ts";
import { Icon } from "./icon.tsx";
import { Problem } from "./problem.tsx";

/** Who asks: what this server knows of an app, and what it does not. */
export function Asker({ client }: { readonly client: AskingClient }): JSX.Element {
  return (
    <>
      {client.verified ? null : (
        <div class="notice" role="note">
          <Icon name="warning" />
          <div>
            <p>
              <strong>Not verified by this server.</strong>
            </p>
            <p>
              Nobody registered this app here. It brings an id of its own, as apps made for Pulsoid do, and
              anybody can send the same id. Allow it only if you started it yourself, just now, and trust it.
            </p>
          </div>
        </div>
      )}
      <dl class="facts">
        <dt>App</dt>
        <dd>
          {client.name}
          <br />
          <code class="quiet">{client.client_id}</code>
        </dd>
        <dt>Known here</dt>
        <dd>{knownInWords(client)}</dd>
      </dl>
    </>
  );
}

function knownInWords({ verified, registered_at, connected }: AskingClient): string {
  const since = registered_at === null ? "" : ` since ${dateInWords(registered_at)}`;
  const registered = verified ? `Registered${since}.` : `Not registered.`;
  return connected ? `${registered} You allowed it before.` : `${registered} You have not allowed it before.`;
}

/** Whose heart is asked for, and how somebody else answers. */
export function Answerer({ person }: { readonly person: Person }): JSX.Element {
  const action = useAction();
  const change = () =>
    action.run(async () => {
      await signOut();
      location.replace(signInAddress(location.pathname + location.search));
    });
  return (
    <div class="answerer">
      <p>
        Signed in as <strong>{person.name}</strong> <span class="quiet">({person.email})</span>
      </p>
      <button class="link" type="button" onClick={() => void change()}>
        Use another account
      </button>
      <Problem of={action.problem} />
    </div>
  );
}
