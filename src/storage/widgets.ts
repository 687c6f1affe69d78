import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { Configuration } from "./rooms.ts";

/** The number by which the directory knows a widget; the wire shows its `id` instead. */
export type WidgetId = number & { readonly unit: "widget" };

/** What shows somebody's pulse, on an overlay for example. */
export interface Widget {
  readonly id: WidgetId;
  /** The `id` of the wire: a UUID. While the link is open, whoever knows it hears the pulse. */
  readonly publicId: string;
  readonly profile: ProfileId;
  /** Its kind, see domain/widgetKinds.ts. */
  readonly metaId: string;
  readonly name: string;
  readonly configuration: Configuration;
  /** Names the open link, for as long as it is open; absent while it is closed. */
  readonly link?: number;
}

/** Who opens a link: it ends with that token, or is open until it is closed. */
export interface LinkOpening {
  readonly token?: number;
  readonly openedAt: EpochMs;
}

export interface NewWidget {
  readonly profile: ProfileId;
  readonly metaId: string;
  readonly name: string;
  readonly configuration: Configuration;
  readonly createdAt: EpochMs;
  /** Widgets that one profile may have. */
  readonly ownedMax: number;
  /** Opens its link at once. */
  readonly opening?: LinkOpening;
}

/** Widgets and their links. Every method throws what the engine throws when it cannot answer. */
export interface Widgets {
  /** @returns undefined when the profile has as many widgets as `ownedMax` already */
  create(widget: NewWidget): Promise<Widget | undefined>;

  find(publicId: string): Promise<Widget | undefined>;

  /** The widgets of a profile, or of everybody without one; oldest first. */
  list(profile?: ProfileId): Promise<readonly Widget[]>;

  /** @returns false when there is no such widget */
  configure(widget: WidgetId, configuration: Configuration): Promise<boolean>;

  /**
   * Opens a widget's link. The widget gets another `id`: the one before may be known to those who may list widgets, but
   * not hear a pulse.
   *
   * @returns undefined when there is no such widget
   */
  open(widget: WidgetId, opening: LinkOpening): Promise<Widget | undefined>;

  /** @returns false when it is closed already */
  close(widget: WidgetId): Promise<boolean>;

  /** Deletes a widget with its link. */
  remove(widget: WidgetId): Promise<void>;

  /** @returns which of these links are still open */
  findOpenLinks(ids: readonly number[]): Promise<ReadonlySet<number>>;
}
