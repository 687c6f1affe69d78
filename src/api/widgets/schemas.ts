import { z } from "zod";
import type { Widget } from "../../storage/widgets.ts";
import { configuration } from "../rooms/schemas.ts";

export const widgetPath = z.object({ id: z.uuid() });

export const widget = z
  .object({
    id: z.uuid(),
    meta_id: z.uuid().describe("Its kind"),
    configuration,
    name: z.string(),
    premium: z.literal(false).describe("Nothing is paid here"),
  })
  .meta({ id: "Widget" });

/** A widget as the wire shows it, in Pulsoid's order of keys. */
export function toWire({ publicId, metaId, configuration, name }: Widget): z.output<typeof widget> {
  return { id: publicId, meta_id: metaId, configuration, name, premium: false };
}
