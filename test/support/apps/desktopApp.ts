/**
 * A desktop app as they are shipped: it listens on loopback while somebody decides in their browser, and its page hands the
 * fragment of the implicit grant over to it, which no server is sent.
 */
export interface DesktopApp extends AsyncDisposable {
  readonly redirectUri: string;
  /** What came back behind the `#`. */
  readonly answer: Promise<URLSearchParams>;
}

const PAGE = `<!doctype html><title>Desktop app</title><h1>You can close this window</h1>
<script>fetch("/answer", { method: "POST", body: location.hash.slice(1) })</script>`;

export function startDesktopApp(path = "/"): DesktopApp {
  const { promise: answer, resolve } = Promise.withResolvers<URLSearchParams>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: {
      [path]: () => new Response(PAGE, { headers: { "content-type": "text/html" } }),
      "/answer": {
        POST: async (request) => {
          resolve(new URLSearchParams(await request.text()));
          return new Response(null, { status: 204 });
        },
      },
    },
    fetch: () => new Response(null, { status: 404 }),
  });
  return {
    redirectUri: `http://127.0.0.1:${server.port}${path}`,
    answer,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
