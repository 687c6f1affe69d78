import { bearer, VALIDATE_PATH } from "./requests.ts";

/**
 * A client that behaves as `@pulsoid/socket` 2.2 was seen to: it validates its token before every connection, sends nothing
 * of its own, is offline after 30 s of silence, and comes back after 2, 4, 8, 10, 10... s without jitter. A token that is
 * refused, an answer that is no JSON, and a close with 1000 end it for good.
 */
export class OfficialClient {
  readonly #origin: string;
  readonly #token: string;
  readonly #delaysMs: readonly number[];
  readonly #silenceMs: number;
  #attempt = 0;
  #socket: WebSocket | undefined;
  #silence: Timer | undefined;
  #ended = false;

  /** Whether its socket is open. */
  isConnected = false;
  /** Whether it heard something within the silence that it bears. */
  isOnline = false;
  /** Whether it ever bore more silence than it can. */
  wasOffline = false;
  /** Why it gave up for good; undefined while it goes on. */
  gaveUp: string | undefined;
  readonly frames: string[] = [];
  readonly closeCodes: number[] = [];
  /** Statuses of the answers to its validations. */
  readonly validations: number[] = [];
  /** How often nobody answered its validation. */
  unanswered = 0;

  /** @param options shorter times than the real client's, for tests of what happens in them */
  constructor(
    origin: string,
    token: string,
    options: { readonly delaysMs?: readonly number[]; readonly silenceMs?: number } = {},
  ) {
    this.#origin = origin;
    this.#token = token;
    this.#delaysMs = options.delaysMs ?? [2_000, 4_000, 8_000, 10_000];
    this.#silenceMs = options.silenceMs ?? 30_000;
  }

  async connect(): Promise<void> {
    if (this.#ended) return;
    const validated = await this.#validate();
    if (validated === "again") return this.#reconnect();
    if (validated === "refused" || this.#ended) return;
    const address = `${this.#origin.replace("http", "ws")}/api/v1/data/real_time?access_token=${this.#token}`;
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.onopen = () => {
      this.isConnected = true;
      this.#attempt = 0;
    };
    socket.onmessage = ({ data }) => this.#hear(String(data));
    socket.onclose = ({ code }) => {
      this.isConnected = false;
      this.closeCodes.push(code);
      if (code === 1000) this.#giveUp("closed with 1000");
      else this.#reconnect();
    };
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#silence);
    if (this.#socket !== undefined) {
      this.#socket.onclose = null;
      this.#socket.close();
    }
  }

  async #validate(): Promise<"good" | "again" | "refused"> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.#origin}${VALIDATE_PATH}`, {
        headers: { ...bearer(this.#token), "content-type": "application/json" },
        // Every client is a machine of its own: none of them shares its connection with another.
        keepalive: false,
      });
      text = await response.text();
    } catch {
      this.unanswered++;
      return "again";
    }
    this.validations.push(response.status);
    try {
      JSON.parse(text);
    } catch {
      this.#giveUp(`validation answered ${response.status} without JSON`);
      return "refused";
    }
    if (response.status === 401) this.#giveUp(`validation answered ${text}`);
    return response.ok ? "good" : response.status === 401 ? "refused" : "again";
  }

  #reconnect(): void {
    if (this.#ended) return;
    const delay = this.#delaysMs[Math.min(this.#attempt, this.#delaysMs.length - 1)] ?? 0;
    this.#attempt++;
    setTimeout(() => void this.connect(), delay);
  }

  #hear(frame: string): void {
    this.frames.push(frame);
    this.isOnline = true;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.isOnline = false;
      this.wasOffline = true;
    }, this.#silenceMs);
  }

  #giveUp(reason: string): void {
    this.gaveUp = reason;
    this.#ended = true;
  }
}
