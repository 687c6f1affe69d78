/**
 * A plugin without a browser of its own, written as shipped ones are: it asks for codes, shows the address, polls, and
 * compares the strings of the answers (pulsoid-wire, section 8).
 */
export interface DeviceCodes {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
  readonly interval: number;
}

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** What a poll came to: a token, or the end of the flow in the plugin's eyes. */
export type Polled =
  | { readonly access_token: string; readonly expires_in: number; readonly token_type: string }
  | { readonly ended: string };

export class Plugin {
  readonly #provider: string;
  readonly #clientId: string;

  constructor(provider: string, clientId: string) {
    this.#provider = provider;
    this.#clientId = clientId;
  }

  async askForCodes(scope: string): Promise<DeviceCodes> {
    const response = await this.#post("/oauth2/device_authorization", { client_id: this.#clientId, scope });
    if (response.status !== 200) throw new Error(`no codes: ${response.status} ${await response.text()}`);
    return (await response.json()) as DeviceCodes;
  }

  /** Polls until it is decided. Anything but `authorization_pending` ends it: so do real ones, on `slow_down` too. */
  async wait({ device_code, interval }: DeviceCodes): Promise<Polled> {
    for (;;) {
      const response = await this.#post("/oauth2/token", {
        grant_type: GRANT,
        device_code,
        client_id: this.#clientId,
      });
      const body = (await response.json()) as Record<string, never>;
      if (response.status === 200) return body as never;
      if (body.error !== "authorization_pending")
        return { ended: body.error_description ?? body.error ?? "?" };
      await Bun.sleep(interval * 1_000);
    }
  }

  #post(path: string, form: Readonly<Record<string, string>>): Promise<Response> {
    return fetch(`${this.#provider}${path}`, { method: "POST", body: new URLSearchParams(form) });
  }
}
