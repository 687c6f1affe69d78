import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ConnectedApp } from "../answers.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Frame } from "../parts/frame.tsx";
import { focusHeading } from "../parts/heading.tsx";
import { RowShapes, Show, useLoading } from "../parts/loaded.tsx";
import { Moment } from "../parts/moment.tsx";
import { Problem } from "../parts/problem.tsx";
import { ScopeLine } from "../parts/scopeList.tsx";
import { api } from "../session.ts";
import { useInWords } from "../words/uses.ts";

interface Apps {
  readonly apps: readonly ConnectedApp[];
}

/** `/apps`: what each app may do, when it last did, and how it is disconnected. */
export function AppsPage(): JSX.Element {
  const apps = useLoading(() => api<Apps>("GET", "/account/apps"));
  const said = useSignal("");
  return (
    <Frame title="My apps" lead="Apps that you let in, and what each may do." said={said}>
      <Show of={apps} shape={<RowShapes />}>
        {(value) =>
          value.apps.length === 0 ? (
            <NoApps />
          ) : (
            <ul class="panel">
              {value.apps.map((app) => (
                <AppRow
                  key={app.client_id}
                  app={app}
                  onChanged={async (words) => {
                    await apps.again();
                    said.value = words;
                    focusHeading();
                  }}
                />
              ))}
            </ul>
          )
        }
      </Show>
    </Frame>
  );
}

function NoApps(): JSX.Element {
  return (
    <div class="panel padded empty">
      <p>
        <strong>No app has access.</strong>
      </p>
      <p class="quiet">
        When an app asks to connect, this server shows you what it wants, and you decide. An app that wants a
        token instead gets one from <a href="/tokens">Tokens</a>.
      </p>
    </div>
  );
}

function AppRow({
  app,
  onChanged,
}: {
  readonly app: ConnectedApp;
  readonly onChanged: (words: string) => Promise<void>;
}): JSX.Element {
  const action = useAction();
  const path = `/account/apps/${encodeURIComponent(app.client_id)}`;
  const change = (below: string, words: string) =>
    void action.run(async () => {
      await api("DELETE", `${path}${below}`);
      await onChanged(words);
    });
  return (
    <li class="row">
      <div class="row-head">
        <div>
          <h2>{app.name}</h2>
          {app.verified ? null : <p class="mark-line">Not verified by this server</p>}
        </div>
        <Button
          kind="small"
          isBusy={action.isBusy}
          label={`Disconnect ${app.name}`}
          onPress={() =>
            change("", `${app.name} is disconnected. It has to ask you before it can do anything.`)
          }
        >
          Disconnect
        </Button>
      </div>
      <ScopeLine scopes={app.scopes} />
      <p class="quiet">
        {useInWords(app, Date.now())} Allowed <Moment at={app.last_granted_at} />.
      </p>
      {app.secret_pinned ? (
        <p class="quiet">
          It showed a secret, and needs it since then. If the app has a new one:{" "}
          <button
            class="link"
            type="button"
            onClick={() =>
              change("/secret", `The secret of ${app.name} is forgotten. The next one it shows counts.`)
            }
          >
            forget the secret of {app.name}
          </button>
        </p>
      ) : null}
      <Problem of={action.problem} />
    </li>
  );
}
