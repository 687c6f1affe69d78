import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { OwnClient } from "../answers.ts";
import { Button } from "../parts/button.tsx";
import { Frame } from "../parts/frame.tsx";
import { focusHeading } from "../parts/heading.tsx";
import { RowShapes, Show, useLoading } from "../parts/loaded.tsx";
import { ShownOnce, useSecret } from "../parts/secret.tsx";
import { api } from "../session.ts";
import { ClientForm } from "./clientForm.tsx";
import { ClientRow } from "./clientRow.tsx";

interface Clients {
  readonly clients: readonly OwnClient[];
}

/** What registering or a new secret answers. */
export interface ClientMade {
  readonly client: OwnClient;
  readonly client_secret: string | null;
}

/** `/developer`: apps that a person makes for others. */
export function DeveloperPage(): JSX.Element {
  const clients = useLoading(() => api<Clients>("GET", "/account/clients"));
  const isRegistering = useSignal(false);
  const secret = useSecret();
  const said = useSignal("");
  const changed = async (words: string) => {
    await clients.again();
    said.value = words;
    if (secret.value === undefined) focusHeading();
  };
  const register = async (fields: object) => {
    const made = await api<ClientMade>("POST", "/account/clients", fields);
    isRegistering.value = false;
    secret.value = made.client_secret ?? undefined;
    await changed(`${made.client.name} is registered. Its client id stands below.`);
  };
  const top = () => {
    if (secret.value !== undefined) {
      const close = () => {
        secret.value = undefined;
        focusHeading();
      };
      return (
        <ShownOnce
          name="Client secret"
          secret={secret.value}
          danger="whoever has it can pose as your app."
          onDone={close}
        />
      );
    }
    if (isRegistering.value) {
      return (
        <ClientForm
          onSave={register}
          onCancel={() => {
            isRegistering.value = false;
            focusHeading();
          }}
        />
      );
    }
    return (
      <Button
        kind="main"
        onPress={() => {
          isRegistering.value = true;
          said.value = "";
        }}
      >
        Register an app
      </Button>
    );
  };
  return (
    <Frame
      title="Developer"
      lead="Apps that you make, which ask people of this server for access by OAuth 2."
      said={said}
    >
      <p class="links">
        <a href="/reference">Reference of the API</a>
        <a href="/.well-known/oauth-authorization-server">OAuth metadata</a>
      </p>
      <div class="top">{top()}</div>
      <Show of={clients} shape={<RowShapes count={2} />}>
        {(value) =>
          value.clients.length === 0 ? (
            <div class="panel padded empty">
              <p>
                <strong>You have registered no app.</strong>
              </p>
              <p class="quiet">
                An app gets an id, and a secret if it can keep one. For a script of your own a{" "}
                <a href="/tokens">token</a> is enough.
              </p>
            </div>
          ) : (
            <ul class="panel">
              {value.clients.map((client) => (
                <ClientRow
                  key={client.client_id}
                  client={client}
                  onChanged={changed}
                  onSecret={(text) => {
                    secret.value = text;
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
