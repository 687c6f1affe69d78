import type { WidgetLook } from "../../domain/widgetLook.ts";

/** A question that is not answered for this long has failed. */
const ANSWER_TIMEOUT_MS = 10_000;

/** The error with which the server says that there is no open link of this id (see docs/errors.md). */
const NOT_FOUND_CODE = 8004;

/** A reading of which the server says that it is the latest. */
export interface LastReading {
  readonly bpm: number;
  /** How long ago it was measured, by the server's clock. */
  readonly ageMs: number;
}

/** What the server says of a link. */
export type LinkAnswer =
  | { readonly kind: "open"; readonly look: WidgetLook; readonly last: LastReading | undefined }
  | { readonly kind: "closed" }
  | { readonly kind: "unreachable" };

/** Asks whether a link is open, how its widget looks, and what was measured last. */
export async function askLink(widgetId: string): Promise<LinkAnswer> {
  try {
    const [view, feed] = await Promise.all([
      ask(`/api/heartwire/v1/links/${widgetId}`),
      ask(`/v1/api/feed/${widgetId}`),
    ]);
    if (await isNotFound(view)) return { kind: "closed" };
    if (!view.ok) return { kind: "unreachable" };
    const { look } = (await view.json()) as { readonly look: WidgetLook };
    return { kind: "open", look, last: feed.ok ? await readLast(feed) : undefined };
  } catch {
    return { kind: "unreachable" };
  }
}

/** Browser sources are years behind browsers: `AbortSignal.timeout` is new to some of them. */
function ask(path: string): Promise<Response> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ANSWER_TIMEOUT_MS);
  return fetch(path, { cache: "no-store", signal: controller.signal }).finally(() => clearTimeout(timer));
}

/** A proxy in between answers 404 too while the server behind it starts, but not in the server's words. */
async function isNotFound(response: Response): Promise<boolean> {
  if (response.status !== 404) return false;
  const { error_code: code } = (await response.json()) as { readonly error_code: number };
  return code === NOT_FOUND_CODE;
}

async function readLast(feed: Response): Promise<LastReading> {
  const { bpm, measured_at: measuredAt } = (await feed.json()) as {
    readonly bpm: number;
    readonly measured_at: string;
  };
  const answeredAt = Date.parse(feed.headers.get("date") ?? "") || Date.now();
  return { bpm, ageMs: Math.max(0, answeredAt - Date.parse(measuredAt)) };
}
