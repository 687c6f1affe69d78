import type { Kit } from "./kit.ts";

/**
 * Deletes the widgets that checks made. The wire has no way to, so this asks Heartwire's own; another server keeps them, and
 * its answer says nothing about the wire.
 */
export async function clearUp(kit: Kit): Promise<void> {
  for (const { id, token } of kit.shared.madeWidgets) {
    // One may be revoked, and one without the right scope does not see the widget.
    for (const by of kit.tokens.ofSameUser(token, ["widgets:update"])) {
      const status = await remove(kit, id, by);
      // Nobody answers any more, and to wait for each of them would take minutes.
      if (status === undefined) return;
      if (status === 200) break;
    }
  }
}

/** @returns the status of the answer; undefined where there is none */
async function remove({ http }: Kit, id: string, token: string): Promise<number | undefined> {
  const path = `/api/heartwire/v1/widgets/${encodeURIComponent(id)}`;
  const answer = await http.ask({ method: "DELETE", path, token }).catch(() => undefined);
  return answer?.status;
}
