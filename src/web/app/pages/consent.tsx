import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { AuthorizationLook, AuthorizationOutcome, Person } from "../answers.ts";
import { useAction } from "../parts/action.ts";
import { Answerer, Asker } from "../parts/asker.tsx";
import { Decision } from "../parts/decision.tsx";
import { Sheet } from "../parts/frame.tsx";
import { Heading } from "../parts/heading.tsx";
import { Show, TextShapes, useLoading } from "../parts/loaded.tsx";
import { RefusalList, ScopeList } from "../parts/scopeList.tsx";
import { ShownOnce, useSecret } from "../parts/secret.tsx";
import { api, signedInPerson } from "../session.ts";
import { lifetimeInWords } from "../words/times.ts";

interface Asked {
  readonly look: AuthorizationLook;
  readonly person: Person;
}

type Outcome =
  | { readonly kind: "token" }
  | { readonly kind: "denied" }
  | { readonly kind: "sent"; readonly to: string };

/** `/oauth2/authorize`: an app asks, the person decides. */
export function Consent(): JSX.Element {
  const asked = useLoading(async (): Promise<Asked> => {
    const person = await signedInPerson();
    const look = await api<AuthorizationLook>("POST", "/authorizations/look", { query: location.search });
    return { look, person };
  });
  const outcome = useSignal<Outcome | undefined>(undefined);
  const token = useSecret();
  const now = asked.loaded.value;
  const name = now.state === "there" ? now.value.look.client.name : "The app";
  if (outcome.value !== undefined) {
    return (
      <Sheet>
        <Ended
          outcome={outcome.value}
          name={name}
          token={token.value}
          onKept={() => {
            token.value = undefined;
          }}
        />
      </Sheet>
    );
  }
  const settle = (answer: AuthorizationOutcome) => {
    if ("access_token" in answer) {
      token.value = answer.access_token;
      outcome.value = { kind: "token" };
    } else if ("redirect_to" in answer) {
      outcome.value = { kind: "sent", to: answer.redirect_to };
      // In place of this page, so that "back" does not ask a second time.
      location.replace(answer.redirect_to);
    } else outcome.value = { kind: "denied" };
  };
  return (
    <Sheet>
      {now.state === "there" ? (
        <Heading title={`Allow ${name}?`} />
      ) : (
        <Heading title="An app asks for access" />
      )}
      <Show of={asked} shape={<TextShapes count={8} />}>
        {(value) => <Question {...value} settle={settle} />}
      </Show>
    </Sheet>
  );
}

function Question({
  look,
  person,
  settle,
}: Asked & { readonly settle: (answer: AuthorizationOutcome) => void }): JSX.Element {
  const action = useAction();
  const decide = (allow: boolean) =>
    void action.run(async () =>
      settle(await api<AuthorizationOutcome>("POST", "/authorizations", { query: location.search, allow })),
    );
  return (
    <>
      <Answerer person={person} />
      <Asker client={look.client} />
      <h2>It would be able to</h2>
      <ScopeList scopes={look.scopes} />
      <Refused look={look} />
      <dl class="facts">
        <dt>For how long</dt>
        <dd>
          {lifetimeInWords(look.lifetime_seconds, look.renews)} You can disconnect it under Apps at any time.
        </dd>
        <dt>The answer goes</dt>
        <dd>{goalInWords(look)}</dd>
      </dl>
      <Decision action={action} decide={decide} />
    </>
  );
}

/** Who allowed an app before may have allowed more, which this answer does not take back. */
function Refused({ look }: { readonly look: AuthorizationLook }): JSX.Element {
  const { connected } = look.client;
  return (
    <>
      <h2>{connected ? "This does not let it" : "It will not be able to"}</h2>
      <RefusalList scopes={look.scopes} />
      {connected ? (
        <p class="quiet">What you allowed it before holds too, until you disconnect it under Apps.</p>
      ) : null}
    </>
  );
}

function goalInWords({ redirect, response }: AuthorizationLook): JSX.Element {
  if (response === "web_page" || redirect.address === null) {
    return <>Nowhere: a token is shown here, for you to copy.</>;
  }
  const { protocol, host } = new URL(redirect.address);
  if (redirect.kind === "loopback") {
    return (
      <>
        To a program on this computer: <code>{host}</code>
      </>
    );
  }
  if (redirect.kind === "app") {
    return (
      <>
        To whichever app opens addresses that begin with <code>{protocol}</code>
      </>
    );
  }
  return (
    <>
      To <strong>{host}</strong>.
    </>
  );
}

function Ended({
  outcome,
  name,
  token,
  onKept,
}: {
  readonly outcome: Outcome;
  readonly name: string;
  readonly token: string | undefined;
  readonly onKept: () => void;
}): JSX.Element {
  if (outcome.kind === "denied") {
    return (
      <>
        <Heading title="Not allowed" takesFocus />
        <p>{name} was given nothing. You can close this page.</p>
      </>
    );
  }
  if (outcome.kind === "sent") {
    return (
      <>
        <Heading title={`Going back to ${name}`} takesFocus />
        <p>If nothing opens, go back to it yourself.</p>
        <button class="button" type="button" onClick={() => location.replace(outcome.to)}>
          Try once more
        </button>
      </>
    );
  }
  if (token === undefined) {
    return (
      <>
        <Heading title="The token is not shown any more" takesFocus />
        <p>If you have not kept it, let {name} ask once more, and disconnect it under Apps first.</p>
        <p>
          <a href="/apps">Apps</a>
        </p>
      </>
    );
  }
  return (
    <>
      <Heading title={`A token for ${name}`} />
      <p class="lead">Copy it, and paste it into the app.</p>
      <ShownOnce name="Token" secret={token} onDone={onKept} />
    </>
  );
}
