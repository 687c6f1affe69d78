/** How a widget looks: its configuration, as far as it is known and makes sense. */
export interface WidgetLook {
  readonly heartEnabled: boolean;
  /** The colour of the heart; absent for the usual one. */
  readonly heartColor?: string;
  readonly ranges: readonly ColorRange[];
}

/** Heart rates, the bounds included, whose number has a colour of its own. */
export interface ColorRange {
  readonly from: number;
  readonly to: number;
  readonly color: string;
}

/** `#rrggbb` or `#rrggbbaa` in hexadecimal. */
export const COLOR = /^#[0-9a-f]{6}([0-9a-f]{2})?$/i;

/**
 * Reads the look out of a configuration as Pulsoid's widget of colour ranges has it. Apps may fill one with anything:
 * what is unknown or makes no sense counts as left out, so that a widget is always shown, and whoever sees how it looks
 * sees nothing else of it.
 */
export function lookOf(configuration: Readonly<Record<string, unknown>>): WidgetLook {
  const { heartEnabled, heartColor, ranges } = configuration;
  return {
    heartEnabled: heartEnabled !== false,
    ...(isColor(heartColor) ? { heartColor } : {}),
    ranges: Array.isArray(ranges) ? ranges.flatMap(readRange) : [],
  };
}

/** The colour of the first range that holds a heart rate; undefined where none does. */
export function colorOf(bpm: number, { ranges }: WidgetLook): string | undefined {
  return ranges.find(({ from, to }) => bpm >= from && bpm <= to)?.color;
}

function readRange(range: unknown): readonly ColorRange[] {
  if (typeof range !== "object" || range === null) return [];
  const { from, to, color } = range as Readonly<Record<string, unknown>>;
  return typeof from === "number" && typeof to === "number" && isColor(color) ? [{ from, to, color }] : [];
}

function isColor(value: unknown): value is string {
  return typeof value === "string" && COLOR.test(value);
}
