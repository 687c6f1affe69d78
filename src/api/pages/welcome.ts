import { html } from "hono/html";
import { z } from "zod";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { page } from "./page.ts";

/** `GET /`: what a person sees who opens the printed address. Other origins may not read it: no CORS. */
export const welcome: Operation = {
  answer: greet,
  id: "getWelcome",
  group: "Server",
  summary: "Says that Heartwire runs here",
  notes: "A page for browsers, words for a terminal.",
  token: "none",
  success: { status: 200, content: { "text/plain": z.string(), "text/html": z.string() } },
};

const WORDS = `Heartwire is running here.

It speaks the Pulsoid API at this address:
  POST /api/v1/data                     write a heart rate
  GET  /api/v1/data/heart_rate/latest   read the latest one
  GET  /api/v1/data/real_time           hear new ones live (WebSocket)
  GET  /api/v1/token/validate           ask what a token is
  GET  /health/ready                    ask whether readings can be stored

All of them, and what they take and answer: /reference
To sign in, open /sign-in in a browser.
Every call but the last needs a token. The start of the server told where the first one is;
"npm run heartwire -- token create" makes more.
`;

/** How browsers ask for a page; curl asks for anything. */
const WANTS_PAGE = /\btext\/html\b/;

function greet({ request }: Call): Response | Promise<Response> {
  const vary = { vary: "accept" };
  if (!WANTS_PAGE.test(request.headers.get("accept") ?? "")) {
    return new Response(WORDS, {
      headers: { "content-type": "text/plain; charset=UTF-8", "cache-control": "no-store", ...vary },
    });
  }
  return page("Heartwire", BODY, STYLE, vary);
}

const STYLE = `
main { max-width: 720px; margin: 0 auto; padding: 64px 24px 96px; }
section { border-top: 1px solid var(--line); margin-top: 32px; padding-top: 32px; }
section:target h2 { color: var(--alive); }
@media (max-width: 600px) { main { padding: 32px 16px 64px; } }
`;

const BODY = html`<main>
<h1>Heartwire is running here</h1>
<p>It keeps heart rates on this machine and speaks the Pulsoid API. Everything it takes and answers is in the
<a href="/reference">reference</a>.</p>
<p><a href="/sign-in">Sign in</a> to see which <a href="/apps">apps</a> have access, to make
<a href="/tokens">tokens</a>, and to look after your <a href="/account">account</a>. The first start showed whoever runs this server
a link that makes their account; this shows another:</p>
<pre>npm run heartwire -- user claim me</pre>
<section id="tokens">
<h2>Tokens</h2>
<p>An app or a device that cannot ask you by itself needs a token. They are made on the page <a href="/tokens">Tokens</a>, or in a
terminal, in the folder from which Heartwire was started:</p>
<pre>npm run heartwire -- token create --user me \\
  --scopes data:heart_rate:read,data:heart_rate:write</pre>
<p>These show them all, and take one back:</p>
<pre>npm run heartwire -- token list
npm run heartwire -- token revoke 3</pre>
</section>
<section id="widgets">
<h2>Widgets</h2>
<p>A widget shows a pulse in OBS. This makes one and prints the address to paste there:</p>
<pre>npm run heartwire -- widget create --user me</pre>
</section>
<section id="apps">
<h2>Apps</h2>
<p>Where an app asks for a server, give it the address of this page. It then asks you for access on a page of this server, or takes a
token. Apps that you make yourself are registered on the page <a href="/developer">Developer</a>.</p>
</section>
</main>`;
