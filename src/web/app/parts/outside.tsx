import type { JSX } from "preact";
import { askSession } from "../call.ts";
import { useAction } from "./action.ts";
import { Button } from "./button.tsx";
import { Problem } from "./problem.tsx";

/** Signing in by the provider that the operator named, on pages of its own. */
export function Outside({
  name,
  verb,
  wanted,
}: {
  readonly name: string;
  readonly verb: "Sign in" | "Sign up" | "Add signing in";
  /** Where it leads back to, the code of an invitation where there is one, and whether it is added to the account. */
  readonly wanted: { readonly continue: string; readonly code?: string; readonly link?: true };
}): JSX.Element {
  const action = useAction();
  const leave = () =>
    action.run(async () => {
      const { url } = await askSession<{ readonly url: string }>("POST", "outside", wanted);
      location.assign(url);
    });
  return (
    <>
      <Button isBusy={action.isBusy} onPress={() => void leave()}>
        {verb} with {name}
      </Button>
      <Problem of={action.problem} />
    </>
  );
}

/** Why somebody was led here: most often the provider's page led back without a sign-in. The address says it behind `#`. */
const REASONS: Readonly<Record<string, string>> = {
  denied: "The provider did not let you in, or you stopped there.",
  address_taken:
    "There is an account with your e-mail address. Sign in to it, and add the provider under Account.",
  linked_elsewhere: "Somebody signs in to another account here by this one at the provider.",
  no_address: "The provider does not say your e-mail address, without which no account is made.",
  begin_again: "It took too long, or began in another browser. Try again.",
  sign_up_closed: "You have no account here, and no more accounts are made.",
  invitation_needed:
    "You have no account here yet. Accounts are made by invitation: open the link of yours first.",
  link_over: "The link of your invitation was used already or is over. Ask for a new one.",
  not_offered: "This server has no outside provider any more.",
  provider_silent: "The provider does not answer as it should. Try again later, or sign in another way.",
  erased: "Your account is erased, with everything that was yours.",
  failed: "Signing in through the provider did not work. Try again.",
};

/** @param fragment `#` and a word; undefined where there is none */
function outsideReason(fragment: string): string | undefined {
  const word = fragment.slice(1);
  return word === "" ? undefined : (REASONS[word] ?? REASONS.failed);
}

/** Says why, where the address does. */
export function OutsideProblem(): JSX.Element | null {
  const reason = outsideReason(location.hash);
  return reason === undefined ? null : (
    <div class="problem" role="alert">
      <p>{reason}</p>
    </div>
  );
}
