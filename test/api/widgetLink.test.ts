import { describe, expect, test } from "bun:test";
import { hashToken } from "../../src/auth/tokens.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { expectError, scopeError } from "../support/answers.ts";
import { Listener } from "../support/listener.ts";
import { MOMENT } from "../support/requests.ts";
import { startTestServer, type TestServer, write } from "../support/server.ts";
import { sharedServer } from "../support/sharedServer.ts";
import {
  askRpc,
  callWidgets,
  getWidget,
  newWidget,
  OWN_WIDGETS,
  WIDGET_SCOPES,
  WIDGETS,
  type WidgetAnswer,
} from "../support/widgets.ts";

/** The link by which older clients hear a pulse without a token. */
const shared = sharedServer();

/** "Within a second", and patience with a busy machine. */
const AT_ONCE_MS = 1_000;

const call = (token: string, method: string, path: string, body?: unknown) =>
  callWidgets(shared(), token, method, path, body);
const newToken = () => shared().token(WIDGET_SCOPES, { user: crypto.randomUUID() });
const listen = (id: string) => Listener.openAt(`${shared().origin}/listen/${id}`);

/** What somebody sees of an id who has no token. */
async function seenBy(id: string): Promise<Record<string, number | string>> {
  const { origin } = shared();
  const status = async (path: string) => (await fetch(`${origin}${path}`)).status;
  const rpc = JSON.parse(await askRpc(origin, getWidget(id))) as { error?: { message: string } };
  return {
    rpc: rpc.error?.message ?? "found",
    feed: await status(`/v1/api/feed/${id}`),
    listen: await status(`/listen/${id}`),
    view: await status(`/api/heartwire/v1/links/${id}`),
  };
}

const CLOSED = { rpc: "EntityNotFound", feed: 404, listen: 404, view: 404 };
const OPEN = { rpc: "found", feed: 200, listen: 426, view: 200 };

describe("an open link, byte for byte", () => {
  test("getWidget says where to listen; the socket and the old feed say the heart rate", async () => {
    const token = await newToken();
    const { id } = await newWidget(shared(), token);
    const { origin } = shared();
    const address = `${origin.replace("http", "ws")}/listen/${id}`;
    expect(await askRpc(origin, getWidget(id))).toBe(
      `{"jsonrpc":"2.0","id":"1","result":{"ramielUrl":"${address}"}}`,
    );
    using listener = await Listener.openAt(address.replace("ws", "http"));
    await write(origin, token, MOMENT, 72);
    expect(await listener.heard(1)).toEqual([`{"timestamp":${MOMENT},"data":{"heartRate":72}}`]);
    const feed = await fetch(`${origin}/v1/api/feed/${id.toUpperCase()}`);
    expect(await feed.text()).toBe('{"bpm":72,"measured_at":"2024-03-01T17:00:00.000Z"}');
    expect(feed.headers.get("cache-control")).toBe("no-store");
    expect(feed.headers.get("access-control-allow-origin")).toBe("*");
  });

  test("the feed without a reading yet is 412", async () => {
    const { id } = await newWidget(shared(), await newToken());
    await expectError(await fetch(`${shared().origin}/v1/api/feed/${id}`), { status: 412, code: 8003 });
  });

  test("where to listen goes by the host that was asked, or by the public address", async () => {
    const { id } = await newWidget(shared(), await newToken());
    const { port } = new URL(shared().origin);
    expect(await askRpc(shared().origin, getWidget(id), { host: `localhost:${port}` })).toContain(
      `"ramielUrl":"ws://localhost:${port}/listen/${id}"`,
    );
    await using server = await startTestServer({
      environment: { HEARTWIRE_PUBLIC_URL: "https://heart.example.org" },
    });
    const open = await newWidget(server, await server.token(WIDGET_SCOPES));
    expect(await askRpc(server.origin, getWidget(open.id))).toContain(
      `"ramielUrl":"wss://heart.example.org/listen/${open.id}"`,
    );
  });
});

describe("JSON-RPC", () => {
  test("an unknown widget is EntityNotFound with status 200, whatever the id of the request", async () => {
    for (const id of ["1", 7, null, "ü"]) {
      expect(await askRpc(shared().origin, getWidget(crypto.randomUUID(), id))).toBe(
        `{"jsonrpc":"2.0","error":{"code":-33404,"message":"EntityNotFound"},"id":${JSON.stringify(id)}}`,
      );
    }
  });

  for (const [what, request, answer] of [
    ["no JSON", "{", '{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"},"id":null}'],
    ["nothing", "", '{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"},"id":null}'],
    ["a batch", "[]", '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}'],
    [
      "another version",
      '{"jsonrpc":"1.0","method":"getWidget","id":"1"}',
      '{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}',
    ],
    [
      "another method",
      '{"jsonrpc":"2.0","method":"getUser","id":2}',
      '{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":2}',
    ],
    [
      "no widget id",
      '{"jsonrpc":"2.0","method":"getWidget","params":{},"id":2}',
      '{"jsonrpc":"2.0","error":{"code":-32602,"message":"Invalid params"},"id":2}',
    ],
  ] as const) {
    test(`${what} is an error as JSON-RPC 2.0 has it`, async () => {
      expect(await askRpc(shared().origin, request)).toBe(answer);
    });
  }
});

describe("a link is closed until it is opened", () => {
  test("a widget that is made without data:heart_rate:read is closed, and looks as if it were not there", async () => {
    const token = await shared().token(["widgets:read", "widgets:update"], { user: crypto.randomUUID() });
    const { id } = await newWidget(shared(), token);
    expect(await seenBy(id)).toEqual(CLOSED);
    expect(await seenBy(crypto.randomUUID())).toEqual(CLOSED);
    await expectError(
      await call(token, "PUT", `${OWN_WIDGETS}/${id}/link`),
      scopeError("data:heart_rate:read"),
    );
  });

  test("no token that may not hear the pulse comes to it: opening gives the widget another id, which it is not shown", async () => {
    const user = crypto.randomUUID();
    const owner = await shared().token(WIDGET_SCOPES, { user });
    const app = await shared().token(["widgets:read", "widgets:update"], { user });
    const { id: before } = await newWidget(shared(), app);
    const answer = await call(owner, "PUT", `${OWN_WIDGETS}/${before}/link`);
    const { widget, address } = (await answer.json()) as { widget: WidgetAnswer; address: string };
    expect(address).toBe(`${shared().origin}/widget/view/${widget.id}`);
    await write(shared().origin, owner, MOMENT, 72);
    expect(await seenBy(widget.id)).toEqual(OPEN);
    expect(widget.id).not.toBe(before);
    expect(await seenBy(before)).toEqual(CLOSED);
    expect(await (await call(app, "GET", WIDGETS)).text()).toBe('{"widgets":[]}');
    for (const id of [before, widget.id]) {
      await expectError(await call(app, "POST", `${WIDGETS}/${id}`, { configuration: {} }), {
        status: 404,
        code: 8004,
      });
      await expectError(await call(app, "DELETE", `${OWN_WIDGETS}/${id}/link`), { status: 404, code: 8004 });
    }
    // Closed again it is shown to the app again, and opens nothing.
    await call(owner, "DELETE", `${OWN_WIDGETS}/${widget.id}/link`);
    expect(await (await call(app, "GET", WIDGETS)).text()).toContain(widget.id);
    expect(await seenBy(widget.id)).toEqual(CLOSED);
  });

  test("opening what is open closes its listeners and gives another address", async () => {
    const token = await newToken();
    const { id } = await newWidget(shared(), token);
    using listener = await listen(id);
    const { widget } = (await (await call(token, "PUT", `${OWN_WIDGETS}/${id}/link`)).json()) as {
      widget: WidgetAnswer;
    };
    expect((await listener.closed).code).toBe(1008);
    expect(widget.id).not.toBe(id);
  });
});

describe("a link ends within a second, and its listeners with 1008", () => {
  const ends = async (end: (opened: { token: string; id: string; user: string }) => Promise<unknown>) => {
    const user = crypto.randomUUID();
    const token = await shared().token(WIDGET_SCOPES, { user });
    const { id } = await newWidget(shared(), token);
    using listener = await listen(id);
    using other = await listen((await newWidget(shared(), await newToken())).id);
    const endedAt = Date.now();
    await end({ token, id, user });
    const { code, at } = await listener.closed;
    expect({ code, inTime: at - endedAt < AT_ONCE_MS }).toEqual({ code: 1008, inTime: true });
    expect(await seenBy(id)).toEqual(CLOSED);
    expect(other.frames).toEqual([]);
  };

  test("when it is closed", () =>
    ends(({ token, id }) => call(token, "DELETE", `${OWN_WIDGETS}/${id}/link`)));

  test("when its widget is deleted", () =>
    ends(({ token, id }) => call(token, "DELETE", `${OWN_WIDGETS}/${id}`)));

  test("when the token is revoked by which it was opened, as when its app is disconnected", () =>
    ends(async ({ token }) => {
      const beside = await SqliteDirectory.open(`${shared().folder}/control.db`);
      const record = await beside.findToken(hashToken(token));
      await beside.revokeToken(record?.id ?? 0, Date.now() as EpochMs);
      await beside.close();
    }));

  test("when another process closes it", () =>
    ends(async ({ id }) => {
      const beside = await SqliteDirectory.open(`${shared().folder}/control.db`);
      const widget = await beside.widgets.find(id);
      if (widget !== undefined) await beside.widgets.close(widget.id);
      await beside.close();
    }));

  test("but not when that token expires: its app comes back with another", async () => {
    await using server = await startTestServer();
    const token = await server.token(WIDGET_SCOPES, { expiresAt: Date.now() + 500 });
    const { id } = await newWidget(server, token);
    const writer = await server.token(["data:heart_rate:write"]);
    using listener = await Listener.openAt(`${server.origin}/listen/${id}`);
    while ((await callWidgets(server, token, "GET", WIDGETS)).status === 200) await Bun.sleep(20);
    await write(server.origin, writer, MOMENT, 72);
    await listener.heard(1);
  });
});

test("how a widget looks is shown by its link, and nothing else that an app keeps in its configuration", async () => {
  const configuration = {
    heartColor: "#ff0000ff",
    owner: "Anna",
    ranges: [{ from: 0, to: 9, color: "red" }],
  };
  const { id } = await newWidget(shared(), await newToken(), { configuration });
  const response = await fetch(`${shared().origin}/api/heartwire/v1/links/${id}`);
  expect(await response.text()).toBe('{"look":{"heartEnabled":true,"heartColor":"#ff0000ff","ranges":[]}}');
});

describe("an id is a secret: it is in no log, error or metric", () => {
  const paths = (id: string) => [
    `/listen/${id}`,
    `/v1/api/feed/${id}`,
    `/api/heartwire/v1/links/${id}`,
    `/api/v1/widgets/${id}`,
    `/widget/view/${id}`,
    `/v1/api/feed/${id}x`,
    `/${id}`,
    "/metrics",
  ];
  const everythingSaid = async (server: TestServer, id: string) => {
    const said: string[] = [];
    for (const path of paths(id)) {
      const response = await fetch(`${server.origin}${path}`);
      said.push(JSON.stringify([...response.headers]), await response.text());
    }
    for (const request of [getWidget(`${id}x`), `{"method":"${id}"`, { ...getWidget(id), jsonrpc: id }]) {
      said.push(await askRpc(server.origin, request));
    }
    return [...said, ...server.log.lines];
  };

  test("while all is well", async () => {
    await using server = await startTestServer();
    const { id } = await newWidget(server, await server.token(WIDGET_SCOPES));
    const said = await everythingSaid(server, id);
    expect(said.filter((text) => text.includes(id))).toEqual([]);
    expect(server.log.lines.length).toBeGreaterThan(9);
  });

  test("while the control data cannot be read", async () => {
    await using server = await startTestServer();
    const { id } = await newWidget(server, await server.token(WIDGET_SCOPES));
    await server.server.storage.directory.close();
    const response = await fetch(`${server.origin}/v1/api/feed/${id}`);
    await expectError(response, { status: 500, code: 6001 });
    expect((await fetch(`${server.origin}/widget/view/${id}`)).status).toBe(200);
    expect(server.log.lines.some((line) => line.includes('"level":"error"'))).toBe(true);
    expect(server.log.lines.filter((text) => text.includes(id))).toEqual([]);
  });
});
