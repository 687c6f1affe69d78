import { OPCODE } from "../../../../src/conformance/client/frames.ts";
import { NOBODY } from "../../../../src/conformance/routes.ts";
import { changed, made, type Passed, textFrame, withHeaders } from "../mutatingProxy.ts";
import {
  answering,
  asking,
  ids,
  path,
  reversed,
  rewriting,
  saying,
  type WrongServer,
} from "../wrongServer.ts";

const isRpc = path("/v1/api/public/rpc");
const isListen = path(/^\/listen\//);
const isFeed = path(/^\/v1\/api\/feed\//);

interface Rpc {
  readonly id: unknown;
  readonly result?: { readonly ramielUrl: string };
}

const leadingTo = (change: (address: string) => string) =>
  rewriting<Rpc>(isRpc, (body) =>
    body.result === undefined ? body : { ...body, result: { ramielUrl: change(body.result.ramielUrl) } },
  );

const OPEN_FOR_EVERYBODY = ids(
  ["link"],
  "closed-rpc",
  "closed-socket",
  "closed-feed",
  "closed-is-as-unknown",
);

export const LINK_FAULTS: readonly WrongServer[] = [
  {
    breaks: "writes the answer to getWidget in another order",
    fails: ["link.rpc-known"],
    fault: () => rewriting<Rpc>(isRpc, (body) => (body.result === undefined ? body : reversed({ ...body }))),
  },
  {
    breaks: "tells an address of http to listen at",
    fails: ["link.rpc-address"],
    fault: () => leadingTo((address) => address.replace("ws:", "http:")),
  },
  {
    breaks: "tells another path to listen at",
    fails: ["link.rpc-address", "link.rpc-address-is-heard"],
    fault: () => leadingTo((address) => address.replace("/listen/", "/socket/")),
  },
  {
    breaks: "tells an address that leads to somebody else",
    fails: ["link.rpc-address-is-heard"],
    fault: () => leadingTo((address) => address.replace(/[^/]*$/, NOBODY)),
  },
  {
    breaks: "tells a token in the address to listen at",
    fails: ["link.rpc-address-holds-no-token"],
    fault: ({ readToken }) => leadingTo((address) => `${address}?access_token=${readToken}`),
  },
  {
    breaks: "tells somebody's token where the widget's id should be",
    fails: ["link.rpc-address-holds-no-token", "link.rpc-address-is-heard"],
    fault: ({ tokens }) => leadingTo((address) => address.replace(/[^/]*$/, tokens?.[3] ?? "")),
  },
  {
    breaks: "tells an address of TLS where none is spoken",
    fails: ["link.rpc-address", "link.rpc-address-is-heard"],
    fault: () => leadingTo((address) => address.replace("ws:", "wss:")),
  },
  {
    breaks: "answers getWidget of an unknown widget with 404",
    fails: ids(["link"], "rpc-unknown", "rpc-id"),
    fault: () =>
      answering(isRpc, (answer) =>
        answer.text.includes("-33404") ? changed(answer, { status: 404 }) : answer,
      ),
  },
  {
    breaks: "has another code for an unknown widget",
    fails: ids(["link"], "rpc-unknown"),
    fault: () =>
      answering(isRpc, (answer) => changed(answer, { body: answer.text.replace("-33404", "-32602") })),
  },
  {
    breaks: "answers every id of a call as a text",
    fails: ["link.rpc-id"],
    fault: () => rewriting<Rpc>(isRpc, (body) => ({ ...body, id: String(body.id) })),
  },
  {
    breaks: "has one error for every call that it cannot answer",
    fails: ids(["link"], "rpc-other-method", "rpc-no-json"),
    fault: () =>
      answering(isRpc, (answer) => changed(answer, { body: answer.text.replace(/-32601|-32700/, "-32600") })),
  },
  {
    breaks: "sends the newer JSON on a link",
    fails: ids(["link"], "socket-frame", "socket-texts-are-ignored", "rpc-address-is-heard"),
    fault: () =>
      saying(isListen, (text) => text.replace("timestamp", "measured_at").replace("heartRate", "heart_rate")),
  },
  {
    breaks: "sends binary frames on a link",
    fails: ["link.socket-frames-are-plain-text"],
    fault: () => ({
      frame: (frame, request) =>
        frame.opcode === OPCODE.text && isListen(request) ? [{ ...frame, opcode: OPCODE.binary }] : [frame],
    }),
  },
  {
    breaks: "greets listeners of a link",
    fails: ids(["link"], "socket-frame", "socket-texts-are-ignored", "rpc-address-is-heard"),
    fault: () => ({ greeting: (request) => (isListen(request) ? [textFrame("hello")] : []) }),
  },
  {
    breaks: "answers what listeners of a link say",
    fails: ["link.socket-texts-are-ignored"],
    fault: () => ({
      reply: ({ opcode }, request) =>
        opcode === OPCODE.text && isListen(request) ? [textFrame("what?")] : [],
    }),
  },
  {
    breaks: "answers 403 to listeners of an unknown widget",
    fails: ["link.socket-unknown", "link.closed-is-as-unknown"],
    fault: () => answering(path(`/listen/${NOBODY}`), (answer) => changed(answer, { status: 403 })),
  },
  {
    breaks: "writes the old feed without milliseconds",
    fails: ["link.feed"],
    fault: () =>
      answering(isFeed, (answer) => changed(answer, { body: answer.text.replace(/\.\d{3}Z/, "Z") })),
  },
  {
    breaks: "has a feed of nothing for an unknown widget",
    fails: ["link.feed-unknown", "link.closed-is-as-unknown"],
    fault: () =>
      answering(
        (request) => request.method === "GET" && request.path === `/v1/api/feed/${NOBODY}`,
        () => made(200, '{"bpm":0,"measured_at":null}'),
      ),
  },
  {
    breaks: "opens every link when the widget is made",
    fails: [...OPEN_FOR_EVERYBODY, "widgets.list-shows-closed-links"],
    fault: ({ tokens }) =>
      asking((request) =>
        // The second of the further tokens makes widgets and does not hear.
        request.method === "POST" &&
        request.path === "/api/v1/widgets" &&
        request.headers.get("authorization") === `Bearer ${tokens?.[1]}`
          ? withHeaders(request, { authorization: `Bearer ${tokens?.[0]}` })
          : request,
      ),
  },
  ...(
    [
      ["getWidget", isRpc],
      ["socket", isListen],
      ["feed", isFeed],
    ] as const
  ).map(
    ([name, isMeant]): WrongServer => ({
      breaks: `tells by its ${name} a link that is closed from one that is not there`,
      fails: ["link.closed-is-as-unknown"],
      fault: () =>
        answering(
          (request) => isMeant(request) && !isAboutNobody(request),
          (answer) =>
            answer.status === 404 || answer.text.includes("-33404")
              ? made(403, '{"error_code":8010,"error_message":"this link is closed"}')
              : answer,
        ),
    }),
  ),
];

function isAboutNobody({ path, body }: Passed): boolean {
  return path.endsWith(NOBODY) || body.includes(NOBODY);
}
