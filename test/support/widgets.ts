import type { Scope } from "../../src/domain/scopes.ts";
import { bearer } from "./requests.ts";
import type { TestServer } from "./server.ts";

export const WIDGETS = "/api/v1/widgets";
export const OWN_WIDGETS = "/api/heartwire/v1/widgets";

/** Everything that an owner does with widgets. */
export const WIDGET_SCOPES: readonly Scope[] = [
  "widgets:read",
  "widgets:update",
  "data:heart_rate:read",
  "data:heart_rate:write",
];

export interface WidgetAnswer {
  readonly id: string;
  readonly meta_id: string;
  readonly configuration: unknown;
  readonly name: string;
  readonly premium: boolean;
}

export function callWidgets(
  { origin }: TestServer,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  return fetch(`${origin}${path}`, {
    method,
    headers: bearer(token),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Makes a widget: its link is open when the token may hear the pulse. @throws when it is refused */
export async function newWidget(server: TestServer, token: string, body: object = {}): Promise<WidgetAnswer> {
  const response = await callWidgets(server, token, "POST", WIDGETS, body);
  if (!response.ok) throw new Error(`answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { widget: WidgetAnswer }).widget;
}

/** Asks where to listen to a widget, as older clients do. @returns the text of the answer */
export async function askRpc(
  origin: string,
  request: unknown,
  headers: Record<string, string> = {},
): Promise<string> {
  const response = await fetch(`${origin}/v1/api/public/rpc`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-rpc-method": "getWidget", ...headers },
    body: typeof request === "string" ? request : JSON.stringify(request),
  });
  if (response.status !== 200) throw new Error(`answered ${response.status}`);
  return response.text();
}

export function getWidget(widgetId: string, id: unknown = "1"): object {
  return { jsonrpc: "2.0", method: "getWidget", params: { widgetId }, id };
}
