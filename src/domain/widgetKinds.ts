/** A kind of widget, by the `meta_id` under which Pulsoid's documentation knows it. */
export interface WidgetKind {
  readonly metaId: string;
  /** What a widget of this kind is called that was given no name. */
  readonly name: string;
}

/** The one that Pulsoid documents for creation. */
export const BASIC_BPM = "bf6bdf21-10a7-4a28-97ec-a239e6c77f8b";

/** Its configuration has `ranges: [{from, to, color: "#rrggbbaa"}]`, `heartColor` and `heartEnabled`. */
export const COLOUR_RANGES = "f0654a12-3a59-4beb-b567-c5febda19c48";

/** Seen in Pulsoid's documentation, which says nothing of it; shown as the basic one. */
const UNNAMED = "b828337f-cdb0-49d2-8e55-9b1285cd0d22";

export const WIDGET_KINDS: readonly WidgetKind[] = [
  { metaId: BASIC_BPM, name: "Heart rate" },
  { metaId: COLOUR_RANGES, name: "Heart rate in colours" },
  { metaId: UNNAMED, name: "Widget" },
];
