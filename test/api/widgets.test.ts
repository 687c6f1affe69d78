import { describe, expect, test } from "bun:test";
import { BASIC_BPM, COLOUR_RANGES } from "../../src/domain/widgetKinds.ts";
import { expectError, scopeError } from "../support/answers.ts";
import { sharedServer } from "../support/sharedServer.ts";
import {
  callWidgets,
  newWidget,
  OWN_WIDGETS,
  WIDGET_SCOPES,
  WIDGETS,
  type WidgetAnswer,
} from "../support/widgets.ts";

/** Widgets: list, create, update, as Pulsoid documents them; deleting is ours. */
const shared = sharedServer({ limits: { widgetsMax: 2, configurationBytesMax: 50 } });

const call = (token: string, method: string, path: string, body?: unknown) =>
  callWidgets(shared(), token, method, path, body);
const newToken = () => shared().token(WIDGET_SCOPES, { user: crypto.randomUUID() });

async function listed(token: string): Promise<readonly WidgetAnswer[]> {
  return ((await (await call(token, "GET", WIDGETS)).json()) as { widgets: readonly WidgetAnswer[] }).widgets;
}

describe("the answers, byte for byte", () => {
  test("of creating, listing and updating, in the order of keys that Pulsoid documents", async () => {
    const token = await newToken();
    const configuration = { heartColor: "#ff0000ff" };
    const created = await call(token, "POST", WIDGETS, {
      meta_id: COLOUR_RANGES,
      name: "Stream",
      configuration,
    });
    expect(created.headers.get("cache-control")).toBe("no-store");
    const text = await created.text();
    const { id } = (JSON.parse(text) as { widget: WidgetAnswer }).widget;
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    const shown = `{"id":"${id}","meta_id":"${COLOUR_RANGES}","configuration":{"heartColor":"#ff0000ff"},"name":"Stream","premium":false}`;
    expect(text).toBe(`{"widget":${shown}}`);
    expect(await (await call(token, "GET", WIDGETS)).text()).toBe(`{"widgets":[${shown}]}`);
    const updated = await call(token, "POST", `${WIDGETS}/${id.toUpperCase()}`, { configuration: { a: 1 } });
    expect(await updated.text()).toBe(`{"widget":${shown.replace('{"heartColor":"#ff0000ff"}', '{"a":1}')}}`);
    expect((await listed(token))[0]?.configuration).toEqual({ a: 1 });
  });

  test("nobody has a widget from the start", async () => {
    expect(await (await call(await newToken(), "GET", WIDGETS)).text()).toBe('{"widgets":[]}');
  });

  test("what is not said is the basic kind, its name, and an empty configuration", async () => {
    expect(await newWidget(shared(), await newToken())).toMatchObject({
      meta_id: BASIC_BPM,
      name: "Heart rate",
      configuration: {},
      premium: false,
    });
  });
});

describe("what is refused", () => {
  test("another kind, a name that is none, a configuration that is no object or too long: 400 with the field", async () => {
    const token = await newToken();
    for (const [body, message] of [
      [{ meta_id: crypto.randomUUID() }, expect.stringMatching(/^meta_id: expected one of [0-9a-f-]{36}, /)],
      [{ name: "" }, "name: expected a text of 1 to 100 characters"],
      [{ name: "x".repeat(101) }, "name: expected a text of 1 to 100 characters"],
      [{ name: 7 }, "name: expected a text of 1 to 100 characters"],
      [{ configuration: [] }, "configuration: expected an object"],
      [{ configuration: { a: "x".repeat(43) } }, "configuration: expected at most 50 bytes of JSON"],
      [[], "body: expected a JSON object"],
    ] as const) {
      const response = await call(token, "POST", WIDGETS, body);
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ error_code: 8001, error_message: message });
    }
    await newWidget(shared(), token, { name: "x".repeat(100), configuration: { a: "x".repeat(42) } });
  });

  test("one more than the limit widgetsMax: 409", async () => {
    const token = await newToken();
    for (let count = 0; count < 2; count++) await newWidget(shared(), token);
    await expectError(await call(token, "POST", WIDGETS, {}), { status: 409, code: 8011 });
  });

  test("somebody else's widget, one that is not there, and no id at all are the same 404", async () => {
    const { id } = await newWidget(shared(), await newToken());
    const eve = await newToken();
    for (const wrong of [id, crypto.randomUUID(), "nonsense"]) {
      for (const [method, path, body] of [
        ["POST", `${WIDGETS}/${wrong}`, { configuration: {} }],
        ["DELETE", `${OWN_WIDGETS}/${wrong}`, undefined],
        ["PUT", `${OWN_WIDGETS}/${wrong}/link`, undefined],
        ["DELETE", `${OWN_WIDGETS}/${wrong}/link`, undefined],
      ] as const) {
        await expectError(await call(eve, method, path, body), {
          status: 404,
          code: 8004,
          message: "not found",
        });
      }
    }
  });

  test("a token without the scope", async () => {
    const user = crypto.randomUUID();
    const reader = await shared().token(["widgets:read", "data:heart_rate:read"], { user });
    const updater = await shared().token(["widgets:update", "data:heart_rate:read"], { user });
    const { id } = await newWidget(shared(), updater);
    await expectError(await call(updater, "GET", WIDGETS), scopeError("widgets:read"));
    for (const [method, path] of [
      ["POST", WIDGETS],
      ["POST", `${WIDGETS}/${id}`],
      ["DELETE", `${OWN_WIDGETS}/${id}`],
      ["PUT", `${OWN_WIDGETS}/${id}/link`],
      ["DELETE", `${OWN_WIDGETS}/${id}/link`],
    ] as const) {
      await expectError(await call(reader, method, path, {}), scopeError("widgets:update"));
    }
  });
});

test("a widget that was deleted is not there any more", async () => {
  const token = await newToken();
  const { id } = await newWidget(shared(), token);
  expect(await (await call(token, "DELETE", `${OWN_WIDGETS}/${id}`)).text()).toBe("{}");
  expect(await listed(token)).toEqual([]);
});
