import { area } from "../check.ts";
import type { Answer } from "../client/answer.ts";
import { expectError, expectJson, expectSame, expectThat, shown, UUID } from "../expectations.ts";
import type { Kit } from "../kit.ts";
import { NOBODY, PATHS } from "../routes.ts";
import { secretsOf } from "../secrets.ts";
import { expectIgnored, expectPlainText } from "./live.ts";
import { CLOSED_LINK, closedWidget, OPEN_LINK, openWidget } from "./widgets.ts";

const SECTION = "9 The widget link without a token";

const NOT_FOUND = '{"jsonrpc":"2.0","error":{"code":-33404,"message":"EntityNotFound"},"id":"1"}';

/** Asks where to listen, as older clients do. */
export function askRpc(kit: Kit, widgetId: string, id: string | number = "1"): Promise<Answer> {
  return callRpc(kit, JSON.stringify({ jsonrpc: "2.0", method: "getWidget", params: { widgetId }, id }));
}

function callRpc(kit: Kit, body: string): Promise<Answer> {
  const headers = { "content-type": "application/json", "x-rpc-method": "getWidget" };
  return kit.ask({ method: "POST", path: PATHS.rpc, headers, body });
}

/** An error of JSON-RPC 2.0, section 5.1. */
function expectRpcError(answer: Answer, code: number): void {
  const said = answer.json as { readonly error?: { readonly code?: unknown } } | undefined | null;
  const isRight = answer.isJson && said?.error?.code === code;
  expectThat(isRight, `a JSON-RPC error with the code ${code}`, shown(answer));
}

async function ramielUrl(kit: Kit): Promise<string> {
  const answer = await askRpc(kit, await openWidget(kit));
  const { result } = expectJson(answer) as { readonly result?: { readonly ramielUrl?: unknown } };
  expectThat(typeof result?.ramielUrl === "string", "a result with ramielUrl", shown(answer));
  return result?.ramielUrl as string;
}

/** @throws Mismatch unless a call names no address to listen at */
export function expectNoAddress(answer: Answer | undefined): void {
  const said = answer?.json as { readonly result?: { readonly ramielUrl?: unknown } } | undefined | null;
  const isRight = answer !== undefined && said?.result?.ramielUrl === undefined;
  expectThat(isRight, "no address to listen at", answer === undefined ? "nothing" : shown(answer));
}

/** Whether an address leads to where the kit asks, and not only to where the server is known to be. */
function isAtBase(kit: Kit, address: URL): boolean {
  return address.host === kit.target.base.host;
}

export const WIDGET_LINK = area("link", SECTION, [
  [
    "rpc-known",
    "getWidget of a widget whose link is open answers where to listen, in JSON to the byte.",
    async (kit) => {
      const url = await ramielUrl(kit);
      const answer = await askRpc(kit, await openWidget(kit));
      expectSame(answer.text, `{"jsonrpc":"2.0","id":"1","result":{"ramielUrl":${JSON.stringify(url)}}}`);
    },
    { needs: OPEN_LINK },
  ],
  [
    "rpc-address",
    "The address to listen at is /listen/<uuid>, by ws or wss: at the host that was asked, as the request came.",
    async (kit) => {
      const url = URL.parse(await ramielUrl(kit));
      const asked = kit.target.base.protocol === "https:" ? "wss:" : "ws:";
      // A server that is known by another name may be reached by TLS there.
      const schemes = url !== null && !isAtBase(kit, url) ? ["wss:", "ws:"] : [asked];
      const [, id = ""] = /\/listen\/([^/]*)$/.exec(url?.pathname ?? "") ?? [];
      expectThat(
        schemes.includes(url?.protocol ?? "") && UUID.test(id),
        `${schemes.join(" or ")}//…/listen/<uuid>`,
        url?.href ?? "no address",
      );
    },
    { needs: OPEN_LINK },
  ],
  [
    "rpc-address-is-heard",
    "The address to listen at leads to a socket on which the pulse is heard.",
    async (kit) => {
      const url = new URL(await ramielUrl(kit));
      const [listen = ""] = /\/listen\/[^/]*$/.exec(url.pathname) ?? [];
      // Where the server is known by another name, that may lead nowhere from here.
      const path = isAtBase(kit, url) ? `${url.pathname}${url.search}` : listen;
      const base = isAtBase(kit, url) ? new URL("/", url.href.replace(/^ws/, "http")) : kit.target.base;
      using socket = await kit.listen({ path }, { ...kit.target, base });
      await kit.write(144);
      const frame = await socket.text();
      expectThat(frame.includes('"heartRate":144}'), "the frame of a reading of 144", frame);
    },
    { needs: OPEN_LINK },
  ],
  [
    "rpc-address-holds-no-token",
    "The address to listen at holds nothing but the widget's id: no query, and never a token.",
    async (kit) => {
      const address = await ramielUrl(kit);
      const url = URL.parse(address);
      const isClean =
        url?.search === "" &&
        url.hash === "" &&
        url.username === "" &&
        !secretsOf(kit.options).tokens.some((token) => address.toLowerCase().includes(token.toLowerCase()));
      expectThat(isClean, "an address without a query and without a token", address);
    },
    { needs: OPEN_LINK },
  ],
  [
    "rpc-unknown",
    "getWidget of an unknown widget is answered 200 with the error EntityNotFound, to the byte.",
    async (kit) => {
      const answer = await askRpc(kit, NOBODY);
      expectThat(answer.status === 200 && answer.text === NOT_FOUND, `200 ${NOT_FOUND}`, shown(answer));
    },
  ],
  [
    "rpc-id",
    "getWidget answers with the id that it was asked with, of the same type.",
    async (kit) => {
      for (const id of [7, "seven"]) {
        const said = expectJson(await askRpc(kit, NOBODY, id)) as { readonly id?: unknown };
        expectSame(JSON.stringify(said.id), JSON.stringify(id), "the id ");
      }
    },
  ],
  [
    "rpc-other-method",
    "A call of another method is answered with JSON-RPC's error -32601.",
    async (kit) => expectRpcError(await callRpc(kit, '{"jsonrpc":"2.0","method":"dance","id":"1"}'), -32_601),
    { isOurs: true },
  ],
  [
    "rpc-no-json",
    "A call that is no JSON is answered with JSON-RPC's error -32700.",
    async (kit) => expectRpcError(await callRpc(kit, "{"), -32_700),
    { isOurs: true },
  ],
  [
    "socket-frame",
    "The socket of an open link sends each reading as the older JSON, to the byte, and nothing before it.",
    async (kit) => {
      using socket = await kit.listen({ path: `/listen/${await openWidget(kit)}` });
      const measuredAt = await kit.write(141);
      expectSame(await socket.text(), `{"timestamp":${measuredAt},"data":{"heartRate":141}}`, "the frame ");
    },
    { needs: OPEN_LINK },
  ],
  [
    "socket-frames-are-plain-text",
    "The frames of a link are whole text frames, not compressed.",
    async (kit) => {
      using socket = await kit.listen({ path: `/listen/${await openWidget(kit)}` });
      await kit.write(142);
      expectPlainText(await socket.next());
    },
    { needs: OPEN_LINK },
  ],
  [
    "socket-texts-are-ignored",
    "Text frames to the socket of a link are ignored.",
    async (kit) => {
      using socket = await kit.listen({ path: `/listen/${await openWidget(kit)}` });
      await expectIgnored(kit, socket);
      const frame = await socket.text();
      expectThat(frame.includes('"heartRate":101}'), "the next reading", frame);
    },
    { needs: OPEN_LINK, isOurs: true },
  ],
  [
    "socket-unknown",
    "The socket of an unknown widget is refused with 404, before there is a socket.",
    async (kit) => {
      const answer = await refusal(kit, NOBODY);
      expectThat(answer.status === 404, "404", shown(answer));
    },
    { isOurs: true },
  ],
  [
    "feed",
    "The old feed is the latest reading, to the byte.",
    async (kit) => {
      const measuredAt = await kit.write(143);
      const answer = await askFeed(kit, await openWidget(kit));
      const expected = `{"bpm":143,"measured_at":"${new Date(measuredAt).toISOString()}"}`;
      expectThat(answer.status === 200 && answer.text === expected, `200 ${expected}`, shown(answer));
    },
    { needs: OPEN_LINK },
  ],
  [
    "feed-unknown",
    "The old feed of an unknown widget is a 404 in JSON.",
    async (kit) => expectError(await askFeed(kit, NOBODY), { status: 404 }),
    { isOurs: true },
  ],
  [
    "closed-rpc",
    "getWidget of a link that nobody opened names no address to listen at.",
    async (kit) => expectNoAddress(await askRpc(kit, await closedWidget(kit))),
    { needs: CLOSED_LINK },
  ],
  [
    "closed-socket",
    "The socket of a link that nobody opened is refused.",
    async (kit) => {
      const answer = await refusal(kit, await closedWidget(kit));
      expectThat(answer.status >= 400, "an answer of 400 or more", shown(answer));
    },
    { needs: CLOSED_LINK },
  ],
  [
    "closed-feed",
    "The old feed of a link that nobody opened tells no heart rate.",
    async (kit) => {
      const answer = await askFeed(kit, await closedWidget(kit));
      expectThat(answer.status >= 400, "an answer of 400 or more", shown(answer));
    },
    { needs: CLOSED_LINK },
  ],
  [
    "closed-is-as-unknown",
    "A link that nobody opened cannot be told from an unknown one: getWidget, the socket and the feed answer the same.",
    async (kit) => {
      for (const ask of [askRpc, refusal, askFeed]) {
        const [closed, unknown] = [await ask(kit, await closedWidget(kit)), await ask(kit, NOBODY)];
        expectSame(shown(closed), shown(unknown));
      }
    },
    { needs: CLOSED_LINK, isOurs: true },
  ],
]);

function askFeed(kit: Kit, id: string): Promise<Answer> {
  return kit.ask({ path: `/v1/api/feed/${id}` });
}

/** What somebody is answered who wants to listen by a link; a socket that opens is closed at once. */
async function refusal(kit: Kit, id: string): Promise<Answer> {
  const { answer, socket } = await kit.handshake({ path: `/listen/${id}` });
  socket?.[Symbol.dispose]();
  return answer;
}
