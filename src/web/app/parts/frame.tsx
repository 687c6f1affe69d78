import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { Heading } from "./heading.tsx";
import { Icon, type IconName } from "./icon.tsx";

/** The places of the signed-in pages, in the order of their rail. */
const PLACES: readonly { readonly path: string; readonly name: string; readonly icon: IconName }[] = [
  { path: "/apps", name: "Apps", icon: "apps" },
  { path: "/tokens", name: "Tokens", icon: "key" },
  { path: "/developer", name: "Developer", icon: "code" },
  { path: "/account", name: "Account", icon: "person" },
  { path: "/activity", name: "Activity", icon: "activity" },
];

/** A signed-in page: a rail at the left of a desktop, a bar at the bottom of a phone, and the page. */
export function Frame({
  title,
  lead,
  said,
  children,
}: {
  readonly title: string;
  readonly lead: string;
  /** What was done last, for everybody to see and for a screen reader to say. */
  readonly said?: ReadonlySignal<string>;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <div class="frame">
        <nav class="rail" aria-label="Places">
          <a class="brand" href="/apps" aria-label="Heartwire">
            <Icon name="heart" />
          </a>
          <ul>
            {PLACES.map(({ path, name, icon }) => (
              <li key={path}>
                <a href={path} aria-current={path === location.pathname ? "page" : undefined}>
                  <Icon name={icon} />
                  <span>{name}</span>
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <main id="main" tabIndex={-1}>
          <Heading title={title} />
          <p class="lead">{lead}</p>
          <p class="said" role="status">
            {said?.value}
          </p>
          {children}
        </main>
      </div>
    </>
  );
}

/** A page with one thing to do, in the middle: signing in, allowing. */
export function Sheet({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <main class="sheet" id="main">
      <p class="mark">
        <Icon name="heart" />
        <span>Heartwire</span>
      </p>
      {children}
    </main>
  );
}
