import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { OwnClient } from "../answers.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Moment } from "../parts/moment.tsx";
import { Copy } from "../parts/secret.tsx";
import { api } from "../session.ts";
import { ClientForm } from "./clientForm.tsx";

/** One registered app, and what its developer can do with it. */
export function ClientRow({
  client,
  onChanged,
  onSecret,
}: {
  readonly client: OwnClient;
  /** Something changed; what, in words. */
  readonly onChanged: (words: string) => Promise<void>;
  /** A new secret, to be shown once. */
  readonly onSecret: (secret: string) => void;
}): JSX.Element {
  const isChanging = useSignal(false);
  const asking = useSignal<"rotate" | "delete" | undefined>(undefined);
  const action = useAction();
  const path = `/account/clients/${encodeURIComponent(client.client_id)}`;
  const close = () => {
    asking.value = undefined;
  };
  const rotate = () =>
    void action.run(async () => {
      const { client_secret } = await api<{ readonly client_secret: string }>("POST", `${path}/secret`);
      close();
      onSecret(client_secret);
      await onChanged(`${client.name} has a new secret.`);
    });
  const remove = () =>
    void action.run(async () => {
      await api("DELETE", path);
      close();
      await onChanged(`${client.name} is deleted.`);
    });
  const save = async (fields: object) => {
    await api("PUT", path, fields);
    isChanging.value = false;
    await onChanged("The changes are saved.");
  };
  if (isChanging.value) {
    return (
      <li class="row">
        <ClientForm
          client={client}
          onSave={save}
          onCancel={() => {
            isChanging.value = false;
          }}
        />
      </li>
    );
  }
  return (
    <li class="row">
      <div class="row-head">
        <h2>{client.name}</h2>
        <Button
          kind="small"
          label={`Change ${client.name}`}
          onPress={() => {
            isChanging.value = true;
          }}
        >
          Change
        </Button>
      </div>
      <Copy label={`Client id of ${client.name}`} text={client.client_id} />
      <Facts client={client} />
      <div class="row-buttons">
        {client.confidential ? (
          <Button
            kind="small"
            label={`New secret for ${client.name}`}
            onPress={() => {
              asking.value = "rotate";
            }}
          >
            New secret
          </Button>
        ) : null}
        <Button
          kind="small"
          label={`Delete ${client.name}`}
          onPress={() => {
            asking.value = "delete";
          }}
        >
          Delete
        </Button>
      </div>
      {asking.value === "rotate" ? (
        <Confirm
          question={`Give ${client.name} a new secret?`}
          answer="Make a new secret"
          action={action}
          onConfirm={rotate}
          onCancel={close}
        >
          <p>The old one stops at once: the app cannot renew its access until it has the new one.</p>
        </Confirm>
      ) : null}
      {asking.value === "delete" ? (
        <Confirm
          question={`Delete ${client.name}?`}
          answer="Delete"
          action={action}
          onConfirm={remove}
          onCancel={close}
        >
          <p>Everybody who let it in is disconnected within a second, and its id is never good again.</p>
        </Confirm>
      ) : null}
    </li>
  );
}

function Facts({ client }: { readonly client: OwnClient }): JSX.Element {
  return (
    <dl class="facts">
      <dt>Redirects to</dt>
      <dd>
        {client.redirect_uris.length === 0
          ? "Nowhere"
          : client.redirect_uris.map((address) => <code key={address}>{address}</code>)}
      </dd>
      <dt>Kind</dt>
      <dd>
        {client.confidential ? "On a server, with a secret" : "On devices, without a secret"}
        {client.implicit ? "; the implicit grant is on" : ""}
      </dd>
      <dt>Registered</dt>
      <dd>
        <Moment at={client.created_at} as="date" />
      </dd>
    </dl>
  );
}
