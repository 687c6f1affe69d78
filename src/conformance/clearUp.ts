import type { Kit } from "./kit.ts";

/**
 * Deletes the widgets that checks made. The wire has no way to, so this asks Heartwire's own; another server keeps them, and
 * its answer says nothing about the wire.
 */
export async function clearUp(kit: Kit): Promise<void> {
  for (const { id, token } of kit.madeWidgets) {
    await kit.http.ask({ method: "DELETE", path: `/api/heartwire/v1/widgets/${id}`, token }).catch(() => {});
  }
}
