import type { JSX } from "preact";

/** Drawings of 24 by 24, as lines of one width. */
const PATHS = {
  heart: "M12 20s-7.5-4.6-7.5-10.2A4.3 4.3 0 0 1 12 7.2a4.3 4.3 0 0 1 7.5 2.6C19.5 15.4 12 20 12 20Z",
  heartWrite:
    "M10.5 19S4 14.9 4 9.8A4.3 4.3 0 0 1 11.5 7.2 4.3 4.3 0 0 1 19 9.8c0 .6-.1 1.2-.3 1.8M17 15v6M14 18h6",
  chart: "M4 4v16h16M8 16v-4M12 16V8M16 16v-6",
  room: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3.5 19a5.5 5.5 0 0 1 11 0M15.5 5.2a3 3 0 0 1 0 5.6M17 14a5.5 5.5 0 0 1 3.5 5",
  roomWrite: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3.5 19a5.5 5.5 0 0 1 11 0M18 7v6M15 10h6",
  person: "M12 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM5 20a7 7 0 0 1 14 0",
  personNew: "M10 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3 20a7 7 0 0 1 14 0M19 8v6M16 11h6",
  widget: "M4 5h16v14H4ZM4 9h16M8 15h4",
  widgetWrite: "M20 11V5H4v14h7M4 9h16M19.5 14.5l-5 5-.5 2 2-.5 5-5Z",
  game: "M7 8h10a4 4 0 0 1 4 4v1a4 4 0 0 1-7 2.5h-4A4 4 0 0 1 3 13v-1a4 4 0 0 1 4-4ZM8 10.5v3M6.5 12h3M16 11h.01M17.5 13h.01",
  apps: "M4.5 4.5h6v6h-6ZM13.5 4.5h6v6h-6ZM4.5 13.5h6v6h-6ZM13.5 13.5h6v6h-6Z",
  key: "M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 12h9M18 12v3.5M15 12v2.5",
  code: "M8.5 7 3.5 12l5 5M15.5 7l5 5-5 5",
  activity: "M4 6h.01M8 6h12M4 12h.01M8 12h12M4 18h.01M8 18h12",
  warning: "M12 4 2.5 20h19ZM12 10v4.5M12 17.3v.01",
  check: "M5 12.5 10 17.5 19.5 7",
  cross: "M6 6l12 12M18 6 6 18",
  device: "M4 6h16v10H4ZM9 20h6M12 16v4",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 7.5V12l3 2",
  arrow: "M4 12h15M13 6l6 6-6 6",
  passkey:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3 19a6 6 0 0 1 9-5.2M17 13.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM17 13.5V20l2-1.5-1.2-1.2L19 16",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing beside words that say the same: a screen reader passes over it. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
