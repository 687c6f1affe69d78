import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

/**
 * The heading of a page or of one of its states. A state that takes the place of another is told a screen reader by the
 * focus; a page that was just opened is not, for the browser reads its title, and its first key leads to the skip link.
 */
export function Heading({
  title,
  takesFocus = false,
  children,
}: {
  /** What the window is called; the words of the heading where it is one text. */
  readonly title: string;
  readonly takesFocus?: boolean;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – Heartwire`;
    if (takesFocus) heading.current?.focus();
  }, [title, takesFocus]);
  return (
    <h1 tabIndex={-1} ref={heading}>
      {children ?? title}
    </h1>
  );
}

/** Leads to the page's heading after something in it was done and is gone. */
export function focusHeading(): void {
  document.querySelector("h1")?.focus();
}
