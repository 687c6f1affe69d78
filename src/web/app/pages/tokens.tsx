import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { OwnToken } from "../answers.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Frame } from "../parts/frame.tsx";
import { focusHeading } from "../parts/heading.tsx";
import { RowShapes, Show, useLoading } from "../parts/loaded.tsx";
import { Moment } from "../parts/moment.tsx";
import { ScopeLine } from "../parts/scopeList.tsx";
import { ShownOnce, useSecret } from "../parts/secret.tsx";
import { api } from "../session.ts";
import { useInWords } from "../words/uses.ts";
import { NewToken } from "./newToken.tsx";

interface Tokens {
  readonly tokens: readonly OwnToken[];
}

/** `/tokens`: tokens that a person makes for an app or a device that cannot ask by itself. */
export function TokensPage(): JSX.Element {
  const tokens = useLoading(() => api<Tokens>("GET", "/account/tokens"));
  const isMaking = useSignal(false);
  const made = useSecret();
  const said = useSignal("");
  const top = () => {
    if (made.value !== undefined) {
      const close = () => {
        made.value = undefined;
        focusHeading();
      };
      return <ShownOnce name="Your new token" secret={made.value} onDone={close} />;
    }
    if (!isMaking.value) {
      return (
        <Button
          kind="main"
          onPress={() => {
            isMaking.value = true;
            said.value = "";
          }}
        >
          Make a token
        </Button>
      );
    }
    return (
      <NewToken
        onCancel={() => {
          isMaking.value = false;
          focusHeading();
        }}
        onMade={async (token) => {
          made.value = token;
          isMaking.value = false;
          await tokens.again();
        }}
      />
    );
  };
  return (
    <Frame
      title="Tokens"
      lead="For an app or a device that takes a token in place of asking you."
      said={said}
    >
      <div class="top">{top()}</div>
      <Show of={tokens} shape={<RowShapes />}>
        {(value) =>
          value.tokens.length === 0 ? (
            <div class="panel padded empty">
              <p>
                <strong>You have no tokens.</strong>
              </p>
              <p class="quiet">Make one for each app or device, so that you can take it back alone.</p>
            </div>
          ) : (
            <ul class="panel">
              {value.tokens.map((token) => (
                <TokenRow
                  key={token.id}
                  token={token}
                  onRevoked={async (words) => {
                    await tokens.again();
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

function TokenRow({
  token,
  onRevoked,
}: {
  readonly token: OwnToken;
  readonly onRevoked: (words: string) => Promise<void>;
}): JSX.Element {
  const action = useAction();
  const isAsking = useSignal(false);
  const name = token.name ?? "Without a name";
  const revoke = () =>
    void action.run(async () => {
      await api("DELETE", `/account/tokens/${encodeURIComponent(token.id)}`);
      isAsking.value = false;
      await onRevoked(`The token “${name}” is revoked.`);
    });
  const isOver = token.expires_at !== null && token.expires_at <= Date.now();
  return (
    <li class="row">
      <div class="row-head">
        <h2>{name}</h2>
        <Button
          kind="small"
          label={`Revoke ${name}`}
          onPress={() => {
            isAsking.value = true;
          }}
        >
          Revoke
        </Button>
      </div>
      <ScopeLine scopes={token.scopes} />
      <p class="quiet">
        {useInWords(token, Date.now())} Made <Moment at={token.created_at} />.{" "}
        {token.expires_at === null ? "Good until you revoke it." : isOver ? "Expired " : "Good until "}
        {token.expires_at === null ? null : <Moment at={token.expires_at} as={isOver ? "ago" : "date"} />}
        {token.expires_at === null ? null : "."}
      </p>
      {isAsking.value ? (
        <Confirm
          question={`Revoke “${name}”?`}
          answer="Revoke"
          action={action}
          onConfirm={revoke}
          onCancel={() => {
            isAsking.value = false;
          }}
        >
          <p>Whatever uses it stops within a second, and it cannot be brought back.</p>
        </Confirm>
      ) : null}
    </li>
  );
}
