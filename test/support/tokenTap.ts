/** Stands between a command and its server, passes on what is asked, and keeps the tokens that went by. */
export class TokenTap implements Disposable {
  readonly tokens = new Set<string>();
  readonly #server: Bun.Server<undefined>;
  #acceptedCount = 0;
  #wake: () => void = () => {};

  constructor(target: string) {
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: async ({ url, method, headers, body }) => {
        const authorization = headers.get("authorization") ?? "";
        this.tokens.add(authorization.replace("Bearer ", ""));
        const { pathname, search } = new URL(url);
        const answer = await fetch(`${target}${pathname}${search}`, {
          method,
          headers: { authorization, "content-type": headers.get("content-type") ?? "" },
          body,
        });
        if (answer.ok) this.#acceptedCount++;
        this.#wake();
        return answer;
      },
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  /** Waits until the server has accepted so many requests. */
  async accepted(count: number): Promise<void> {
    while (this.#acceptedCount < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  [Symbol.dispose](): void {
    this.#server.stop(true);
  }
}
