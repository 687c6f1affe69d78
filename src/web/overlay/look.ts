/** How a widget wants to look; what is not usable in its configuration is left out. */
export interface Look {
  readonly ranges: readonly ColourRange[];
  readonly heartColour: string | undefined;
  readonly isHeartShown: boolean;
}

/** The number's colour from one heart rate to another, both in it. */
export interface ColourRange {
  readonly from: number;
  readonly to: number;
  readonly colour: string;
}

const COLOUR = /^#[0-9a-f]{6}([0-9a-f]{2})?$/i;

/** Reads a configuration as Pulsoid's widget of colour ranges has it. */
export function readLook(configuration: Readonly<Record<string, unknown>>): Look {
  const ranges = Array.isArray(configuration.ranges) ? configuration.ranges : [];
  return {
    ranges: ranges.flatMap(readRange),
    heartColour: readColour(configuration.heartColor),
    isHeartShown: configuration.heartEnabled !== false,
  };
}

/** The colour of the first range in which a heart rate lies. */
export function colourFor(bpm: number, { ranges }: Look): string | undefined {
  return ranges.find(({ from, to }) => bpm >= from && bpm <= to)?.colour;
}

function readRange(range: unknown): readonly ColourRange[] {
  if (typeof range !== "object" || range === null) return [];
  const { from, to, color } = range as Readonly<Record<string, unknown>>;
  const colour = readColour(color);
  return typeof from === "number" && typeof to === "number" && colour !== undefined
    ? [{ from, to, colour }]
    : [];
}

function readColour(value: unknown): string | undefined {
  return typeof value === "string" && COLOUR.test(value) ? value : undefined;
}
