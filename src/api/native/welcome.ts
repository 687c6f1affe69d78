const WELCOME = `Heartwire is running here.

It speaks the Pulsoid API at this address:
  POST /api/v1/data                     write a heart rate
  GET  /api/v1/data/heart_rate/latest   read the latest one
  GET  /api/v1/data/real_time           hear new ones live (WebSocket)
  GET  /api/v1/token/validate           ask what a token is
  GET  /health/ready                    ask whether readings can be stored

Every call but the last needs a token. The start of the server told where the first one is;
"heartwire token create" makes more.
`;

/** `GET /`: what a person sees who opens the printed address in a browser. Other origins may not read it: no CORS. */
export function welcome(): Response {
  return new Response(WELCOME, {
    headers: { "content-type": "text/plain; charset=UTF-8", "cache-control": "no-store" },
  });
}
