import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Account, Ways } from "../answers.ts";
import { askSession } from "../call.ts";
import { Frame } from "../parts/frame.tsx";
import { Show, TextShapes, useLoading } from "../parts/loaded.tsx";
import { api } from "../session.ts";
import { Data } from "./account/data.tsx";
import { Details } from "./account/details.tsx";
import { Methods } from "./account/methods.tsx";
import { Sessions } from "./account/sessions.tsx";

/** What the sections of the page work with. */
export interface AccountSection {
  readonly account: Account;
  /** Something changed: it is asked for anew, and said. */
  readonly onChanged: (words: string) => Promise<void>;
}

/** `/account`: who one is here, how one signs in, where one is signed in, and what is kept. */
export function AccountPage(): JSX.Element {
  const account = useLoading(async () => {
    const [own, ways] = await Promise.all([api<Account>("GET", "/account"), askSession<Ways>("GET", "ways")]);
    return { own, ways };
  });
  const said = useSignal("");
  const onChanged = async (words: string) => {
    await account.again();
    said.value = words;
  };
  return (
    <Frame title="Account" lead="Who you are here, and how you sign in." said={said}>
      <Show of={account} shape={<TextShapes count={8} />}>
        {({ own, ways }) => (
          <>
            <Details account={own} onChanged={onChanged} />
            <Methods account={own} ways={ways} onChanged={onChanged} />
            <Sessions account={own} onChanged={onChanged} />
            <Data account={own} />
          </>
        )}
      </Show>
    </Frame>
  );
}
