const UNITS = [
  { name: "year", seconds: 31_536_000 },
  { name: "month", seconds: 2_592_000 },
  { name: "week", seconds: 604_800 },
  { name: "day", seconds: 86_400 },
  { name: "hour", seconds: 3_600 },
  { name: "minute", seconds: 60 },
  { name: "second", seconds: 1 },
] as const;

/** A length of time in the largest unit that fills it: "1 hour", "90 minutes", "1 year". */
export function lengthInWords(seconds: number): string {
  const rounded = Math.max(1, Math.round(seconds));
  const unit = UNITS.find((one) => rounded >= one.seconds && rounded % one.seconds === 0) ?? UNITS[6];
  const count = rounded / unit.seconds;
  return `${count} ${unit.name}${count === 1 ? "" : "s"}`;
}

/** How long an app may do what it is allowed, and whether it goes on by itself. */
export function lifetimeInWords(seconds: number, renews: boolean): string {
  if (!renews) return `For ${lengthInWords(seconds)}. Then it has to ask you again.`;
  return `Until you disconnect it. Its access is renewed every ${lengthInWords(seconds).replace(/^1 /, "")}.`;
}

/** How long ago something was, in words: "just now", "5 minutes ago", "3 days ago". */
export function agoInWords(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1_000));
  const unit = UNITS.find((one) => one.name !== "second" && one.name !== "week" && seconds >= one.seconds);
  if (unit === undefined) return "just now";
  const count = Math.floor(seconds / unit.seconds);
  return `${count} ${unit.name}${count === 1 ? "" : "s"} ago`;
}

/** A day as a heading: "Today", "Yesterday", else the date in the person's own form. */
export function dayInWords(at: number, now: number): string {
  const day = new Date(at).toDateString();
  if (day === new Date(now).toDateString()) return "Today";
  const before = new Date(now);
  before.setDate(before.getDate() - 1);
  if (day === before.toDateString()) return "Yesterday";
  return dateInWords(at);
}

export function dateInWords(at: number): string {
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

export function clockInWords(at: number): string {
  return new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}
