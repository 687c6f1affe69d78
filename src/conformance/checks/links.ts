import { expectBody, expectError, readAnswer, readKeys } from "../answers.ts";
import { type Check, expectMatch, expectSame } from "../check.ts";
import { type Answer, type Kit, parseObject } from "../kit.ts";

/** The link by which older clients hear a pulse without a token. */
const RPC = "/v1/api/public/rpc";

function askRpc(kit: Kit, widgetId: string, id: string): Promise<Answer> {
  const body = JSON.stringify({ jsonrpc: "2.0", method: "getWidget", params: { widgetId }, id });
  return kit.call("POST", RPC, {
    headers: { "content-type": "application/json", "x-rpc-method": "getWidget" },
    body,
  });
}

const NOT_FOUND = (id: string) =>
  `{"jsonrpc":"2.0","error":{"code":-33404,"message":"EntityNotFound"},"id":"${id}"}`;

/** The path of an address that the server gave, reached under the base that the kit was given. */
function pathOf(address: unknown): string {
  const url = URL.parse(String(address));
  return url === null ? String(address) : url.pathname;
}

export const LINK_CHECKS: readonly Check[] = [
  {
    id: "link.rpc-unknown",
    source: "shipped clients",
    sentence: "getWidget for an unknown widget is EntityNotFound with status 200, the id echoed.",
    run: async (kit) => expectBody(await askRpc(kit, crypto.randomUUID(), "7"), NOT_FOUND("7")),
  },
  {
    id: "link.rpc",
    source: "shipped clients",
    sentence: "getWidget says in ramielUrl where to listen, with ws or wss and no token in it.",
    run: async (kit) => {
      const widget = kit.given("widget");
      const answer = readAnswer(await askRpc(kit, widget, "1"), ["jsonrpc", "id", "result"]);
      expectSame("id", answer.id, "1");
      const { ramielUrl } = readKeys("the result", answer.result, ["ramielUrl"]);
      expectMatch("ramielUrl", String(ramielUrl), new RegExp(`^wss?://[^?]+/listen/${widget}$`));
    },
  },
  {
    id: "link.listen",
    source: "shipped clients",
    sentence: "The socket to which getWidget leads sends timestamp and heartRate, without a token.",
    run: async (kit) => {
      const { result } = JSON.parse((await askRpc(kit, kit.given("widget"), "1")).text);
      const socket = await kit.listen(pathOf(result?.ramielUrl));
      const time = await kit.write(72);
      const text = await socket.text();
      socket.end();
      expectSame("the frame", text, `{"timestamp":${time},"data":{"heartRate":72}}`);
    },
  },
  {
    id: "link.feed",
    source: "shipped clients",
    sentence: "The old feed says bpm and measured_at as an ISO time in UTC.",
    run: async (kit) => {
      const time = await kit.write(73);
      const answer = await kit.call("GET", `/v1/api/feed/${kit.given("widget")}`);
      expectBody(answer, `{"bpm":73,"measured_at":"${new Date(time).toISOString()}"}`);
    },
  },
  {
    id: "link.unknown",
    source: "shipped clients",
    sentence: "Socket and feed of an unknown widget are 404 with a JSON body.",
    run: async (kit) => {
      const id = crypto.randomUUID();
      expectError(await kit.call("GET", `/v1/api/feed/${id}`), { status: 404 });
      const socket = await kit.socket(`/listen/${id}`);
      socket.end();
      expectError(socket.handshake, { status: 404 });
    },
  },
  {
    id: "link.rpc-bad-request",
    source: "Heartwire",
    sentence: "What is no JSON is JSON-RPC's parse error, another method its method-not-found.",
    run: async (kit) => {
      const codeOf = async (body: string) => {
        const { error } = parseObject((await kit.call("POST", RPC, { body })).text) ?? {};
        return (error as { readonly code?: unknown } | undefined)?.code;
      };
      expectSame("the code for no JSON", await codeOf("{"), -32700);
      expectSame(
        "the code for another method",
        await codeOf('{"jsonrpc":"2.0","method":"x","id":1}'),
        -32601,
      );
    },
  },
];
