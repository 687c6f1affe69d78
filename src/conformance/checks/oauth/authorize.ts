import { area, type Rule } from "../../check.ts";
import type { Answer } from "../../client/answer.ts";
import { expectSame, expectThat, shown } from "../../expectations.ts";
import type { Kit } from "../../kit.ts";
import { CLIENT, PUBLIC_CLIENT } from "../../needs.ts";
import { callbackOf, expectState, type Parameters, requestOf } from "../../oauth/consent.ts";
import { type Client, clientOf, publicClientOf } from "../../oauth/forms.ts";
import { NOBODY, PATHS } from "../../routes.ts";

const SECTION = "8 OAuth 2 (authorization request)";
const STRANGER = "https://app.example/callback";

/** Addresses that are nearly the registered one. */
export const NEAR_MISSES: readonly (readonly [name: string, address: string])[] = [
  ["another-host", STRANGER],
  ["longer-host", "http://127.0.0.1.app.example/callback"],
  ["user-in-host", "http://127.0.0.1@app.example/callback"],
  ["https", "https://127.0.0.1/callback"],
  ["another-path", "http://127.0.0.1/callback/more"],
  ["slash", "http://127.0.0.1/callback/"],
  ["capitals", "http://127.0.0.1/Callback"],
  ["query", "http://127.0.0.1/callback?to=https://app.example"],
  ["fragment", "http://127.0.0.1/callback#more"],
  ["way-up", "http://127.0.0.1/callback/../callback"],
  ["script", "javascript:alert(1)//127.0.0.1/callback"],
];

/** Asks as a browser does in which nobody is signed in, and follows nothing. */
async function visit(kit: Kit, query: URLSearchParams | string): Promise<Answer> {
  return await kit.ask({ path: `${PATHS.authorize}?${query}`, headers: { accept: "text/html" } });
}

/** @throws Mismatch when the answer leads a browser to the address that the request named */
function expectNotLedTo(address: string, answer: Answer): void {
  const place = ({ origin, pathname }: URL) => `${origin}${pathname}`;
  const location = URL.parse(answer.header("location") ?? "");
  const isLed = location !== null && place(location) === place(new URL(address));
  expectThat(!isLed, "no redirection to the address in the request", `${answer.status} to ${address}`);
  expectThat(answer.status < 500, "an answer below 500", shown(answer));
}

const nearMisses: readonly Rule[] = NEAR_MISSES.map(([name, address]) => [
  `redirect-uri-${name}`,
  `A browser is not led to ${address}, which is not registered.`,
  async (kit) => expectNotLedTo(address, await visit(kit, requestOf(clientOf(kit), address, {}))),
  { needs: [CLIENT] },
]);

/** What is wrong with a request whose client and address are right, and the error that the client is told. */
const WRONG: readonly (readonly [
  name: string,
  words: string,
  error: string,
  parameters: Parameters,
  client: (kit: Kit) => Client,
])[] = [
  [
    "response-type-unknown",
    "An unknown response_type",
    "unsupported_response_type",
    { response_type: "bogus" },
    clientOf,
  ],
  ["response-type-missing", "A missing response_type", "invalid_request", { response_type: "" }, clientOf],
  [
    "scopes-none-known",
    "A list of which no scope is known",
    "invalid_scope",
    { scope: "news:read" },
    clientOf,
  ],
  [
    "challenge-plain",
    "PKCE by the method plain",
    "invalid_request",
    { code_challenge: "x".repeat(43), code_challenge_method: "plain" },
    clientOf,
  ],
  ["challenge-missing", "A public client without PKCE", "invalid_request", {}, publicClientOf],
];

async function answerTo(kit: Kit, client: Client, parameters: Parameters): Promise<Answer> {
  const { redirectUri } = await callbackOf(kit);
  return await visit(kit, requestOf(client, redirectUri, parameters));
}

/** What the app is told, where the browser is led to its address. */
async function toldIn(kit: Kit, answer: Answer): Promise<URL | undefined> {
  const { redirectUri } = await callbackOf(kit);
  const location = answer.header("location") ?? "";
  return answer.status >= 300 && answer.status < 400 && location.startsWith(redirectUri)
    ? (URL.parse(location) ?? undefined)
    : undefined;
}

const wrong: readonly Rule[] = WRONG.map(([name, words, error, parameters, client]) => [
  name,
  `${words} leads back to the app with ${error} and its state, before anybody signs in.`,
  async (kit) => {
    const answer = await answerTo(kit, client(kit), parameters);
    const told = (await toldIn(kit, answer))?.searchParams;
    if (told === undefined) return expectThat(false, "a redirection to the app's address", shown(answer));
    expectSame(told.get("error") ?? undefined, error, "error ");
    expectState(told);
    expectThat(told.get("code") === null, "no code", "one");
  },
  // A server may have people sign in before it looks.
  { needs: [client === publicClientOf ? PUBLIC_CLIENT : CLIENT], isOurs: true },
]);

export const AUTHORIZE = area("oauth-authorize", SECTION, [
  [
    "client-unknown",
    "A browser is not led to the address of an unknown client, whatever else is wrong.",
    async (kit) => {
      for (const id of [NOBODY, "nobody"]) {
        expectNotLedTo(STRANGER, await visit(kit, requestOf({ id }, STRANGER, {})));
        expectNotLedTo(STRANGER, await visit(kit, requestOf({ id }, STRANGER, { response_type: "bogus" })));
      }
    },
  ],
  [
    "client-unknown-page",
    "What is wrong with client or address is told the person, on a page with status 400.",
    async (kit) => {
      const answer = await visit(kit, requestOf({ id: "nobody" }, STRANGER, {}));
      const isPage = /^text\/html\b/i.test(answer.header("content-type") ?? "");
      expectThat(answer.status === 400 && isPage, "400 with text/html", shown(answer));
    },
    { isOurs: true },
  ],
  ...nearMisses,
  [
    "redirect-uri-twice",
    "A browser is not led to the second of two addresses.",
    async (kit) => {
      const { redirectUri } = await callbackOf(kit);
      const query = requestOf(clientOf(kit), redirectUri, {});
      query.append("redirect_uri", STRANGER);
      const answer = await visit(kit, query);
      expectNotLedTo(STRANGER, answer);
      expectThat(!(await toldIn(kit, answer))?.searchParams.has("code"), "no code", "one");
    },
    { needs: [CLIENT] },
  ],
  ...wrong,
  [
    "implicit-error-in-fragment",
    "An error of the implicit grant comes in the fragment, with its state.",
    async (kit) => {
      const answer = await answerTo(kit, clientOf(kit), { response_type: "token", scope: "news:read" });
      const told = new URLSearchParams((await toldIn(kit, answer))?.hash.slice(1));
      expectSame(told.get("error") ?? undefined, "invalid_scope", "error in the fragment ");
      expectState(told);
    },
    { needs: [CLIENT], isOurs: true },
  ],
  [
    "errors-name-issuer",
    "An error that leads back to the app names the issuer (RFC 9207).",
    async (kit) => {
      const answer = await answerTo(kit, clientOf(kit), { response_type: "bogus" });
      const issuer = (await toldIn(kit, answer))?.searchParams.get("iss");
      expectSame(issuer ?? undefined, await issuerOf(kit), "iss ");
    },
    { needs: [CLIENT], isOurs: true },
  ],
  [
    "page",
    "A right request is a page, or leads to one of this server, before anybody signs in.",
    async (kit) => expectPage(await answerTo(kit, clientOf(kit), {})),
    { needs: [CLIENT] },
  ],
  [
    "web-page-empty",
    "A request for the web page, with redirect_uri and state empty as clients send it, is a page too.",
    async (kit) => {
      const parameters = { response_type: "token", response_mode: "web_page", state: "" };
      expectPage(await visit(kit, requestOf(clientOf(kit), "", parameters)));
    },
    { needs: [CLIENT] },
  ],
  [
    "no-cors",
    "The page may not be read by pages of other origins.",
    async (kit) => {
      const answer = await kit.ask({ path: PATHS.authorize, headers: { origin: "https://overlay.example" } });
      const header = answer.header("access-control-allow-origin");
      expectThat(header === undefined, "no Access-Control-Allow-Origin", `${header}`);
    },
  ],
  [
    "not-framed",
    "The page may not stand in a frame of another site, where a person would not know what they allow.",
    async (kit) => {
      const answer = await followed(kit, await answerTo(kit, clientOf(kit), {}));
      const policy = answer.header("content-security-policy") ?? "";
      const isRight = /frame-ancestors 'none'/.test(policy) || answer.header("x-frame-options") !== undefined;
      expectThat(isRight, "frame-ancestors 'none' or X-Frame-Options", policy || "neither");
    },
    { needs: [CLIENT], isOurs: true },
  ],
]);

/** A server on this machine may lead from its address to the name under which its pages are. */
async function followed(kit: Kit, answer: Answer): Promise<Answer> {
  const { base } = kit.target;
  const url = URL.parse(answer.header("location") ?? "");
  const isOwn = url?.port === base.port && ["localhost", base.hostname].includes(url.hostname);
  if (url === null || !isOwn) return answer;
  return await kit.ask({
    path: `${url.pathname}${url.search}`,
    headers: { accept: "text/html", host: url.host },
  });
}

function expectPage(answer: Answer): void {
  const isPage = answer.status === 200 && /^text\/html\b/i.test(answer.header("content-type") ?? "");
  const location = answer.header("location");
  const leads = answer.status >= 300 && answer.status < 400 && location !== undefined;
  const isRefused = /[?&#]error=/.test(location ?? "");
  expectThat(
    (isPage || leads) && !isRefused,
    "200 with text/html, or a redirection to a page",
    shown(answer),
  );
}

/** What the server calls itself. */
export async function issuerOf(kit: Kit): Promise<string> {
  const said = (await kit.ask({ path: PATHS.metadata })).json as
    | { readonly issuer?: unknown }
    | undefined
    | null;
  return String(said?.issuer);
}
