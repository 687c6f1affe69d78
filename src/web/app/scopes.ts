import { SCOPES, type Scope } from "../../domain/scopes.ts";

/** Which drawing stands beside a scope (parts/icon.tsx). */
export type ScopeIcon =
  | "heart"
  | "heartWrite"
  | "chart"
  | "room"
  | "roomWrite"
  | "person"
  | "personNew"
  | "widget"
  | "widgetWrite"
  | "game";

/** A permission in words: what it lets an app do, and what it does not. */
export interface ScopeWords {
  readonly icon: ScopeIcon;
  /** What it lets an app do, to go on after "It may" or to stand alone. */
  readonly may: string;
  /** What more there is to know. */
  readonly more: string;
  /** What an app without it cannot do; absent where nobody would expect it. */
  readonly without?: string;
}

export const SCOPE_WORDS: Readonly<Record<Scope, ScopeWords>> = {
  "data:heart_rate:read": {
    icon: "heart",
    may: "See your heart rate live",
    more: "The latest one and each new one, for as long as it is connected, also while you do not look.",
    without: "See your heart rate",
  },
  "data:heart_rate:write": {
    icon: "heartWrite",
    may: "Send heart rates as yours",
    more: "What it sends is kept and shown as your pulse. It can change or delete nothing.",
    without: "Send heart rates as yours",
  },
  "data:statistics:read": {
    icon: "chart",
    may: "See your statistics",
    more: "Highest, lowest and average heart rate, time and calories of the last day, week or month.",
    without: "See your statistics",
  },
  "data:room:read": {
    icon: "room",
    may: "See the rooms that you are in",
    more: "Who is in them, and their heart rates live, yours too.",
    without: "See your rooms or who is in them",
  },
  "data:room:write": {
    icon: "roomWrite",
    may: "Make, join, change and leave rooms for you",
    more: "To make or join one it has to see your heart rate too. In a room, the other members see it.",
    without: "Put you into a room",
  },
  "profile:read": {
    icon: "person",
    may: "See your profile",
    more: "Your name here, your login, which is your e-mail address where you signed up with one, and where you stream.",
    without: "See your name or your e-mail address",
  },
  "profile:create": {
    icon: "personNew",
    may: "Make profiles of its own",
    more: "For servers. It opens nothing of yours.",
  },
  "widgets:read": {
    icon: "widget",
    may: "See your widgets",
    more: "How your overlays look. The links that show your pulse only if it may see your heart rate too.",
    without: "See your widgets",
  },
  "widgets:update": {
    icon: "widgetWrite",
    may: "Make, change and delete your widgets",
    more: "What your overlays show and how they look.",
    without: "Change your widgets",
  },
  "geometry_dash_mod:configuration:read": {
    icon: "game",
    may: "Read the Geometry Dash settings",
    more: "There are none on this server: this opens nothing.",
  },
  "geometry_dash_mod:configuration:write": {
    icon: "game",
    may: "Change the Geometry Dash settings",
    more: "There are none on this server: this opens nothing.",
  },
};

/** What somebody can give to a token of their own: all but what only servers have. */
export const OWN_SCOPES: readonly Scope[] = SCOPES.filter((scope) => scope !== "profile:create");

/** What no app can do, whatever it is allowed. */
const NEVER = ["Sign in as you, or see your password", "Change your account or let in other apps"];

/** What an app with these scopes will not be able to do, in words, the most private first. */
export function refusals(scopes: readonly Scope[]): string[] {
  // In a room its members are heard, and who let the app in is one of them.
  const hears = scopes.includes("data:room:read") ? ["data:heart_rate:read"] : [];
  const missing = OWN_SCOPES.filter((scope) => ![...scopes, ...hears].includes(scope));
  const words = missing.map((scope) => SCOPE_WORDS[scope].without);
  return [...words.filter((one) => one !== undefined), ...NEVER];
}
