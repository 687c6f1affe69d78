import { z } from "zod";
import { readBytes } from "../body.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { requestOrigin } from "../requestOrigin.ts";
import { json } from "../responses.ts";
import { findOpenWidget } from "./openWidget.ts";

/** JSON-RPC 2.0 section 5.1, and the one that Pulsoid answers for a widget that is not there. */
const ERRORS = {
  notFound: { code: -33404, message: "EntityNotFound" },
  noJson: { code: -32700, message: "Parse error" },
  noRequest: { code: -32600, message: "Invalid Request" },
  noMethod: { code: -32601, message: "Method not found" },
  noWidgetId: { code: -32602, message: "Invalid params" },
} as const;

const id = z.union([z.string(), z.number(), z.null()]);
const rpcRequest = z.object({
  jsonrpc: z.literal("2.0"),
  method: z.string(),
  params: z.object({ widgetId: z.string() }).optional().catch(undefined),
  id: id.default(null),
});

const rpcAnswer = z
  .union([
    z.object({ jsonrpc: z.literal("2.0"), id, result: z.object({ ramielUrl: z.string() }) }),
    z.object({ jsonrpc: z.literal("2.0"), error: z.object({ code: z.int(), message: z.string() }), id }),
  ])
  .meta({ id: "RpcAnswer" });

export const rpc: Operation = {
  answer: call,
  id: "callRpc",
  group: "Widget link",
  summary: "Where to listen to a widget, as older clients ask (JSON-RPC 2.0, method getWidget)",
  notes: "An unknown widget and one whose link is closed are the same error, with status 200.",
  token: "none",
  body: rpcRequest,
  success: { status: 200, content: { "application/json": rpcAnswer } },
  errors: ["bodyTooLarge"],
};

type RpcId = z.output<typeof id>;

/** `POST /v1/api/public/rpc` */
async function call({ request, context }: Call): Promise<Response> {
  const parsed = parse(new TextDecoder().decode(await readBytes(request, context.limits.bodyBytesMax)));
  if (parsed === undefined) return failure("noJson", null);
  const asked = rpcRequest.safeParse(parsed);
  if (!asked.success) return failure("noRequest", null);
  if (asked.data.method !== "getWidget") return failure("noMethod", asked.data.id);
  if (asked.data.params === undefined) return failure("noWidgetId", asked.data.id);
  const widget = await findOpenWidget(context, asked.data.params.widgetId);
  if (widget === undefined) return failure("notFound", asked.data.id);
  const address = new URL(`/listen/${widget.publicId}`, requestOrigin(request, context.settings));
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return json({ jsonrpc: "2.0", id: asked.data.id, result: { ramielUrl: address.href } });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failure(error: keyof typeof ERRORS, id: RpcId): Response {
  return json({ jsonrpc: "2.0", error: ERRORS[error], id });
}
