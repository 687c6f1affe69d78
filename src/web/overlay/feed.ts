/** The waits between attempts to connect, in ms; the last one repeats. As the official client does. */
const RETRY_DELAYS_MS = [2_000, 4_000, 8_000, 10_000] as const;

/** How a socket is closed whose right to listen ended (RFC 6455 section 7.4.1). */
const POLICY_VIOLATION = 1008;

/** What the link says of itself. */
export interface LinkView {
  readonly meta_id: string;
  readonly configuration: Readonly<Record<string, unknown>>;
}

export interface FeedEvents {
  /** The link is open, and looks so. */
  readonly opened: (view: LinkView) => void;
  /** A reading was heard. */
  readonly heard: (bpm: number) => void;
  /** There is no open link of this id. It is asked again later: its owner may open it. */
  readonly closed: () => void;
}

/** Listens to a widget's link for as long as the page is there, whatever happens to the connection. */
export function listenTo(widgetId: string, events: FeedEvents): void {
  let attempt = 0;
  const again = () => {
    const delay = RETRY_DELAYS_MS[Math.min(attempt, RETRY_DELAYS_MS.length - 1)] ?? 0;
    attempt++;
    setTimeout(connect, delay);
  };
  const connect = async () => {
    const view = await fetchView(widgetId);
    if (view === "unreachable") return again();
    if (view === "closed") {
      events.closed();
      return again();
    }
    events.opened(view);
    const address = new URL(`/listen/${widgetId}`, location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    socket.onopen = () => {
      attempt = 0;
    };
    socket.onmessage = ({ data }) => {
      const bpm = readBpm(data);
      if (bpm !== undefined) events.heard(bpm);
    };
    // 1008: the link was closed. That is looked at at once, so that nothing stays on the screen.
    socket.onclose = ({ code }) => (code === POLICY_VIOLATION ? void connect() : again());
  };
  void connect();
}

async function fetchView(widgetId: string): Promise<LinkView | "closed" | "unreachable"> {
  try {
    const response = await fetch(`/api/heartwire/v1/links/${widgetId}`, { cache: "no-store" });
    if (response.status === 404) return "closed";
    return response.ok ? ((await response.json()) as LinkView) : "unreachable";
  } catch {
    return "unreachable";
  }
}

function readBpm(frame: unknown): number | undefined {
  try {
    const { data } = JSON.parse(String(frame)) as { readonly data: { readonly heartRate: number } };
    return Number.isInteger(data.heartRate) ? data.heartRate : undefined;
  } catch {
    return undefined;
  }
}
