import type { JSX } from "preact";
import type { Scope } from "../../../domain/scopes.ts";
import { refusals, SCOPE_WORDS } from "../scopes.ts";
import { Icon } from "./icon.tsx";

/** What an app may do, each with a drawing and what to know of it. */
export function ScopeList({ scopes }: { readonly scopes: readonly Scope[] }): JSX.Element {
  return (
    <ul class="scopes">
      {scopes.map((scope) => (
        <li key={scope}>
          <Icon name={SCOPE_WORDS[scope].icon} />
          <div>
            <strong>{SCOPE_WORDS[scope].may}</strong>
            <p class="quiet">{SCOPE_WORDS[scope].more}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** What it will not be able to do. */
export function RefusalList({ scopes }: { readonly scopes: readonly Scope[] }): JSX.Element {
  return (
    <ul class="refusals">
      {refusals(scopes).map((words) => (
        <li key={words}>
          <Icon name="cross" />
          <span>{words}</span>
        </li>
      ))}
    </ul>
  );
}

/** The same in a line, for lists. */
export function ScopeLine({ scopes }: { readonly scopes: readonly Scope[] }): JSX.Element {
  return (
    <ul class="pills">
      {scopes.map((scope) => (
        <li key={scope} title={scope}>
          {SCOPE_WORDS[scope].may}
        </li>
      ))}
    </ul>
  );
}

/** Scopes to choose from. */
export function ScopeChoice({
  scopes,
  chosen,
}: {
  readonly scopes: readonly Scope[];
  /** Those that are ticked to begin with. */
  readonly chosen: readonly Scope[];
}): JSX.Element {
  return (
    <fieldset>
      <legend>What it may do</legend>
      {scopes.map((scope) => (
        <label class="choice" key={scope}>
          <input type="checkbox" name="scope" value={scope} defaultChecked={chosen.includes(scope)} />
          <Icon name={SCOPE_WORDS[scope].icon} />
          <span>
            <strong>{SCOPE_WORDS[scope].may}</strong>
            <span class="quiet">{SCOPE_WORDS[scope].more}</span>
            <code class="quiet">{scope}</code>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
