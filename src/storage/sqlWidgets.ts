import type { Kysely, Selectable } from "kysely";
import type { ProfileId } from "../domain/reading.ts";
import type { ControlTables } from "./controlTables.ts";
import type { Configuration } from "./rooms.ts";
import { inChunks } from "./sqlChunks.ts";
import type { LinkOpening, NewWidget, Widget, WidgetId, Widgets } from "./widgets.ts";

/** Widgets on any engine that Kysely speaks to. */
export class SqlWidgets implements Widgets {
  readonly #database: Kysely<ControlTables>;

  constructor(database: Kysely<ControlTables>) {
    this.#database = database;
  }

  create({ ownedMax, opening, ...widget }: NewWidget): Promise<Widget | undefined> {
    return this.#database.transaction().execute(async (transaction) => {
      const owned = await transaction
        .selectFrom("widget")
        .select("id")
        .where("profile_id", "=", widget.profile)
        .execute();
      if (owned.length >= ownedMax) return undefined;
      const { id } = await transaction
        .insertInto("widget")
        .values({
          public_id: crypto.randomUUID(),
          profile_id: widget.profile,
          meta_id: widget.metaId,
          name: widget.name,
          configuration: JSON.stringify(widget.configuration),
          created_at: widget.createdAt,
        })
        .returning("id")
        .executeTakeFirstOrThrow();
      if (opening !== undefined) await insertLink(transaction, id as WidgetId, opening);
      return findById(transaction, id as WidgetId);
    });
  }

  async find(publicId: string): Promise<Widget | undefined> {
    const row = await widgetsOf(this.#database).where("widget.public_id", "=", publicId).executeTakeFirst();
    return row === undefined ? undefined : toWidget(row);
  }

  async list(profile?: ProfileId): Promise<readonly Widget[]> {
    let query = widgetsOf(this.#database).orderBy("widget.id");
    if (profile !== undefined) query = query.where("widget.profile_id", "=", profile);
    return (await query.execute()).map(toWidget);
  }

  async configure(widget: WidgetId, configuration: Configuration): Promise<boolean> {
    const { numUpdatedRows } = await this.#database
      .updateTable("widget")
      .set({ configuration: JSON.stringify(configuration) })
      .where("id", "=", widget)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  open(widget: WidgetId, opening: LinkOpening): Promise<Widget | undefined> {
    return this.#database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom("widget_link").where("widget_id", "=", widget).execute();
      const { numUpdatedRows } = await transaction
        .updateTable("widget")
        .set({ public_id: crypto.randomUUID() })
        .where("id", "=", widget)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return undefined;
      await insertLink(transaction, widget, opening);
      return findById(transaction, widget);
    });
  }

  async close(widget: WidgetId): Promise<boolean> {
    const { numDeletedRows } = await this.#database
      .deleteFrom("widget_link")
      .where("widget_id", "=", widget)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async remove(widget: WidgetId): Promise<void> {
    await this.#database.deleteFrom("widget").where("id", "=", widget).execute();
  }

  async findOpenLinks(ids: readonly number[]): Promise<ReadonlySet<number>> {
    const rows = await inChunks(ids, (chunk) =>
      this.#database
        .selectFrom("widget_link")
        .leftJoin("access_token", "access_token.id", "widget_link.token_id")
        .select("widget_link.id")
        .where("widget_link.id", "in", chunk)
        .where("access_token.revoked_at", "is", null)
        .execute(),
    );
    return new Set(rows.map(({ id }) => id));
  }
}

/** Widgets, each with its link and the end of the token by which that was opened. */
function widgetsOf(database: Kysely<ControlTables>) {
  return database
    .selectFrom("widget")
    .leftJoin("widget_link", "widget_link.widget_id", "widget.id")
    .leftJoin("access_token", "access_token.id", "widget_link.token_id")
    .selectAll("widget")
    .select(["widget_link.id as link_id", "access_token.revoked_at as token_revoked_at"]);
}

type WidgetRow = Selectable<ControlTables["widget"]> & {
  readonly link_id: number | null;
  readonly token_revoked_at: number | null;
};

async function findById(database: Kysely<ControlTables>, id: WidgetId): Promise<Widget> {
  return toWidget(await widgetsOf(database).where("widget.id", "=", id).executeTakeFirstOrThrow());
}

async function insertLink(
  database: Kysely<ControlTables>,
  widget: WidgetId,
  { token, openedAt }: LinkOpening,
): Promise<void> {
  await database
    .insertInto("widget_link")
    .values({ widget_id: widget, token_id: token ?? null, opened_at: openedAt })
    .execute();
}

function toWidget(row: WidgetRow): Widget {
  // Disconnecting an app closes the links it opened. That its token expires does not: it comes back with another.
  const isOpen = row.link_id !== null && row.token_revoked_at === null;
  return {
    id: row.id as WidgetId,
    publicId: row.public_id,
    profile: row.profile_id as ProfileId,
    metaId: row.meta_id,
    name: row.name,
    configuration: JSON.parse(row.configuration) as Configuration,
    ...(isOpen ? { link: row.link_id } : {}),
  };
}
