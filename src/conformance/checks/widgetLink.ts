import { area, type Need } from "../check.ts";
import type { Answer } from "../client/answer.ts";
import { expectError, expectJson, expectSame, expectThat, shown, UUID } from "../expectations.ts";
import type { Kit } from "../kit.ts";
import { holdsWithout } from "../needs.ts";
import { NOBODY, PATHS } from "../routes.ts";
import { expectIgnored, expectPlainText } from "./live.ts";
import { makeWidget } from "./widgets.ts";

const SECTION = "9 The widget link without a token";
const UPDATE = "widgets:update";
const HEAR = "data:heart_rate:read";

export const NOT_FOUND = '{"jsonrpc":"2.0","error":{"code":-33404,"message":"EntityNotFound"},"id":"1"}';

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

/** The id of a widget whose link is open: one that was made with a token that may hear the pulse, or that was given. */
async function openWidget(kit: Kit): Promise<string> {
  if (kit.tokens.find([UPDATE, HEAR]) === undefined) return kit.options.widget ?? "";
  return kit.once("open widget", async () => (await makeWidget(kit, kit.token([UPDATE, HEAR]))).widget.id);
}

/** The id of a widget whose link was never opened. */
function closedWidget(kit: Kit): Promise<string> {
  return kit.once(
    "closed widget",
    async () => (await makeWidget(kit, kit.token([UPDATE], [HEAR]))).widget.id,
  );
}

async function ramielUrl(kit: Kit): Promise<string> {
  const answer = await askRpc(kit, await openWidget(kit));
  const { result } = expectJson(answer) as { readonly result?: { readonly ramielUrl?: unknown } };
  expectThat(typeof result?.ramielUrl === "string", "a result with ramielUrl", shown(answer));
  return result?.ramielUrl as string;
}

const OPEN: readonly Need[] = [
  {
    words: `a token of the test user that holds ${UPDATE} and ${HEAR} (--token), or a widget whose link is open (--widget)`,
    isMet: ({ tokens, options }) => tokens.find([UPDATE, HEAR]) !== undefined || options.widget !== undefined,
  },
];
const CLOSED: readonly Need[] = [holdsWithout([UPDATE], HEAR)];

export const WIDGET_LINK = area("link", SECTION, [
  [
    "rpc-known",
    "getWidget of a widget whose link is open answers where to listen, in JSON to the byte.",
    async (kit) => {
      const url = await ramielUrl(kit);
      const answer = await askRpc(kit, await openWidget(kit));
      expectSame(answer.text, `{"jsonrpc":"2.0","id":"1","result":{"ramielUrl":${JSON.stringify(url)}}}`);
    },
    { needs: OPEN },
  ],
  [
    "rpc-address",
    "The address to listen at is /listen/<uuid>, by ws, or by wss when the request came over TLS.",
    async (kit) => {
      const url = URL.parse(await ramielUrl(kit));
      const scheme = kit.target.base.protocol === "https:" ? "wss:" : "ws:";
      const [folder, id] = /^(.*\/listen)\/([^/]*)$/.exec(url?.pathname ?? "")?.slice(1) ?? [];
      expectThat(
        url?.protocol === scheme && folder !== undefined && UUID.test(id ?? ""),
        `${scheme}//…/listen/<uuid>`,
        url?.href ?? "no address",
      );
    },
    { needs: OPEN },
  ],
  [
    "rpc-address-holds-no-token",
    "The address to listen at holds nothing but the widget's id: no query, and never a token.",
    async (kit) => {
      const address = await ramielUrl(kit);
      const { read, write } = kit.tokens;
      const url = URL.parse(address);
      const isClean =
        url?.search === "" &&
        url.hash === "" &&
        url.username === "" &&
        ![read, write].some(({ token }) => address.toLowerCase().includes(token.toLowerCase()));
      expectThat(isClean, "an address without a query and without a token", address);
    },
    { needs: OPEN },
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
  ],
  [
    "rpc-no-json",
    "A call that is no JSON is answered with JSON-RPC's error -32700.",
    async (kit) => expectRpcError(await callRpc(kit, "{"), -32_700),
  ],
  [
    "socket-frame",
    "The socket of an open link sends each reading as the older JSON, to the byte, and nothing before it.",
    async (kit) => {
      using socket = await kit.listen({ path: `/listen/${await openWidget(kit)}` });
      const measuredAt = await kit.write(141);
      expectSame(await socket.text(), `{"timestamp":${measuredAt},"data":{"heartRate":141}}`, "the frame ");
    },
    { needs: OPEN },
  ],
  [
    "socket-frames-are-plain-text",
    "The frames of a link are whole text frames, not compressed.",
    async (kit) => {
      using socket = await kit.listen({ path: `/listen/${await openWidget(kit)}` });
      await kit.write(142);
      expectPlainText(await socket.next());
    },
    { needs: OPEN },
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
    { needs: OPEN },
  ],
  [
    "socket-unknown",
    "The socket of an unknown widget is refused with 404, before there is a socket.",
    async (kit) => expectRefused(kit, NOBODY),
  ],
  [
    "feed",
    "The old feed is the latest reading, to the byte.",
    async (kit) => {
      const measuredAt = await kit.write(143);
      const answer = await kit.ask({ path: `/v1/api/feed/${await openWidget(kit)}` });
      const expected = `{"bpm":143,"measured_at":"${new Date(measuredAt).toISOString()}"}`;
      expectThat(answer.status === 200 && answer.text === expected, `200 ${expected}`, shown(answer));
    },
    { needs: OPEN },
  ],
  [
    "feed-unknown",
    "The old feed of an unknown widget is a 404 in JSON.",
    async (kit) => expectError(await kit.ask({ path: `/v1/api/feed/${NOBODY}` }), { status: 404 }),
  ],
  [
    "closed-rpc",
    "A link that nobody opened is like an unknown widget: getWidget says EntityNotFound.",
    async (kit) => {
      const answer = await askRpc(kit, await closedWidget(kit));
      expectThat(answer.status === 200 && answer.text === NOT_FOUND, `200 ${NOT_FOUND}`, shown(answer));
    },
    { needs: CLOSED },
  ],
  [
    "closed-socket",
    "The socket of a link that nobody opened is refused with 404.",
    async (kit) => expectRefused(kit, await closedWidget(kit)),
    { needs: CLOSED },
  ],
  [
    "closed-feed",
    "The old feed of a link that nobody opened is a 404.",
    async (kit) =>
      expectError(await kit.ask({ path: `/v1/api/feed/${await closedWidget(kit)}` }), { status: 404 }),
    { needs: CLOSED },
  ],
]);

async function expectRefused(kit: Kit, id: string): Promise<void> {
  const { answer, socket } = await kit.handshake({ path: `/listen/${id}` });
  using _closed = socket;
  expectThat(answer.status === 404, "404", shown(answer));
}
