import { GONE_AFTER_MS } from "../../domain/freshness.ts";
import type { WidgetLook } from "../../domain/widgetLook.ts";
import { askLink, type LastReading } from "./link.ts";
import { retryDelayMs } from "./retryDelay.ts";

/** How a socket is closed whose right to listen ended (RFC 6455 section 7.4.1). */
const POLICY_VIOLATION = 1008;

/** A connection that lasted this long was a good one: the next failure is counted from one again. */
const GOOD_CONNECTION_MS = 10_000;

export interface FeedEvents {
  /** The link is open; how it looks, and what was measured last. */
  readonly opened: (look: WidgetLook, last: LastReading | undefined) => void;
  readonly heard: (bpm: number) => void;
  /** There is no open link of this id. */
  readonly closed: () => void;
  /** The connection was lost or could not be made. It is tried again. */
  readonly lost: () => void;
}

/** How a connection ended. A silent one may be dead without anybody having said so. */
type End = { readonly why: "closed" | "lost" | "silent"; readonly wasGood: boolean };

/** Listens to a widget's link for as long as the page is there, whatever happens to the connection. */
export async function followLink(widgetId: string, events: FeedEvents): Promise<never> {
  let failures = 0;
  for (;;) {
    const { why, wasGood } = await connectOnce(widgetId, events);
    failures = wasGood ? 0 : failures + 1;
    if (why !== "silent") events.lost();
    // After a good connection a closed link and a dead connection are looked at at once.
    if (why === "lost" || !wasGood) await pause(retryDelayMs(failures, Math.random()));
  }
}

/** One attempt, from the question whether the link is open to the end of the connection. */
async function connectOnce(widgetId: string, events: FeedEvents): Promise<End> {
  const answer = await askLink(widgetId);
  if (answer.kind === "unreachable") return { why: "lost", wasGood: false };
  if (answer.kind === "closed") {
    events.closed();
    return { why: "closed", wasGood: false };
  }
  events.opened(answer.look, answer.last);
  return listen(widgetId, events.heard);
}

function listen(widgetId: string, heard: (bpm: number) => void): Promise<End> {
  const address = new URL(`/listen/${widgetId}`, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address);
  return new Promise((resolve) => {
    let openedAt = Number.POSITIVE_INFINITY;
    let readings = 0;
    const end = (why: End["why"]) => {
      clearTimeout(silence);
      socket.onclose = null;
      socket.close();
      const lastedMs = performance.now() - openedAt;
      resolve({ why, wasGood: readings > 0 || lastedMs >= GOOD_CONNECTION_MS });
    };
    let silence = setTimeout(end, GONE_AFTER_MS, "silent");
    socket.onopen = () => {
      openedAt = performance.now();
    };
    socket.onmessage = ({ data }) => {
      const bpm = readBpm(data);
      if (bpm === undefined) return;
      readings += 1;
      clearTimeout(silence);
      silence = setTimeout(end, GONE_AFTER_MS, "silent");
      heard(bpm);
    };
    socket.onclose = ({ code }) => end(code === POLICY_VIOLATION ? "closed" : "lost");
  });
}

function readBpm(frame: unknown): number | undefined {
  try {
    const { data } = JSON.parse(String(frame)) as { readonly data: { readonly heartRate: number } };
    return Number.isInteger(data.heartRate) ? data.heartRate : undefined;
  } catch {
    return undefined;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
