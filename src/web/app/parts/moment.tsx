import type { JSX } from "preact";
import { agoInWords, clockInWords, dateInWords } from "../words/times.ts";

/** A moment as the time since, or as a date; pointed at, it says exactly when. */
export function Moment({
  at,
  as = "ago",
}: {
  readonly at: number;
  readonly as?: "ago" | "date";
}): JSX.Element {
  return (
    <time dateTime={new Date(at).toISOString()} title={`${dateInWords(at)}, ${clockInWords(at)}`}>
      {as === "ago" ? agoInWords(at, Date.now()) : dateInWords(at)}
    </time>
  );
}
