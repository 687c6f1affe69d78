import type { JSX } from "preact";
import { useArmed } from "../armed.ts";
import type { Action } from "./action.ts";
import { Button } from "./button.tsx";
import { Problem } from "./problem.tsx";

/**
 * The two answers to an app that asks. Neither has the focus when the page opens, and they stand in no form, so that Enter gives
 * nothing away; "Allow" rests for a moment (see useArmed).
 */
export function Decision({
  action,
  decide,
}: {
  readonly action: Action;
  readonly decide: (allow: boolean) => void;
}): JSX.Element {
  const isArmed = useArmed();
  return (
    <div class="decision">
      <Problem of={action.problem} />
      <div class="buttons">
        <Button isBusy={action.isBusy} onPress={() => decide(false)}>
          Cancel
        </Button>
        <Button kind="main" isBusy={action.isBusy} isResting={!isArmed.value} onPress={() => decide(true)}>
          Allow
        </Button>
      </div>
    </div>
  );
}
