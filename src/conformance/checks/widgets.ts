import { area, type Need, type Rule } from "../check.ts";
import type { Answer } from "../client/answer.ts";
import {
  expectError,
  expectJson,
  expectJsonBytes,
  expectSame,
  expectThat,
  keysOf,
  shown,
  UUID,
} from "../expectations.ts";
import type { Kit } from "../kit.ts";
import { holds, holdsWithout, otherHolds } from "../needs.ts";
import { NOBODY, PATHS } from "../routes.ts";

const SECTION = "7 Widgets";
const READ = "widgets:read";
const UPDATE = "widgets:update";
const HEAR = "data:heart_rate:read";
const KEYS = "id, meta_id, configuration, name, premium";

/** The kinds of widgets that Pulsoid's documentation names. */
const META_IDS = {
  basic: "bf6bdf21-10a7-4a28-97ec-a239e6c77f8b",
  "colour-ranges": "f0654a12-3a59-4beb-b567-c5febda19c48",
  third: "b828337f-cdb0-49d2-8e55-9b1285cd0d22",
} as const;

export interface WireWidget {
  readonly id: string;
  readonly meta_id: string;
  readonly configuration: unknown;
  readonly name: string;
  readonly premium: boolean;
}

export const CONFIGURATION = {
  ranges: [{ from: 0, to: 120, color: "#00ff00ff" }],
  heartColor: "#ff0000ff",
  heartEnabled: true,
};

function send(kit: Kit, path: string, token: string | undefined, body: unknown): Promise<Answer> {
  return kit.ask({
    method: "POST",
    path,
    token,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** Makes a widget; the end of the run tries to delete it. @throws Mismatch */
export async function makeWidget(
  kit: Kit,
  token: string | undefined,
  metaId: string = META_IDS.basic,
): Promise<{ readonly widget: WireWidget; readonly answer: Answer }> {
  const body = { meta_id: metaId, name: "Conformance", configuration: CONFIGURATION };
  const answer = await send(kit, PATHS.widgets, token, body);
  const widget = (expectJson(answer) as { readonly widget?: WireWidget }).widget;
  expectThat(typeof widget?.id === "string", "200 with a widget", shown(answer));
  if (token !== undefined) kit.shared.madeWidgets.push({ id: (widget as WireWidget).id, token });
  return { widget: widget as WireWidget, answer };
}

/** The widget that all checks share which only need one. */
function sharedWidget(kit: Kit): Promise<WireWidget> {
  return kit.once("widget", async () => (await makeWidget(kit, kit.token([UPDATE]))).widget);
}

/** The id of a widget whose link is open: one that was made with a token that may hear the pulse, or that was given. */
export async function openWidget(kit: Kit): Promise<string> {
  if (kit.tokens.find([UPDATE, HEAR]) === undefined) return kit.options.widget ?? "";
  return kit.once("open widget", async () => (await makeWidget(kit, kit.token([UPDATE, HEAR]))).widget.id);
}

/** What {@link openWidget} needs. */
export const OPEN_LINK: readonly Need[] = [
  {
    words: `a token of the test user that holds ${UPDATE} and ${HEAR} (--token), or a widget whose link is open (--widget)`,
    isMet: ({ tokens, options }) => tokens.find([UPDATE, HEAR]) !== undefined || options.widget !== undefined,
  },
];

/** The id of a widget whose link was never opened. */
export function closedWidget(kit: Kit): Promise<string> {
  return kit.once(
    "closed widget",
    async () => (await makeWidget(kit, kit.token([UPDATE], [HEAR]))).widget.id,
  );
}

/** What {@link closedWidget} needs. */
export const CLOSED_LINK: readonly Need[] = [holdsWithout([UPDATE], HEAR)];

const kinds: readonly Rule[] = Object.entries(META_IDS).map(([name, metaId]) => [
  `creates-${name}`,
  `A widget of the kind ${metaId} can be made, and is answered whole.`,
  async (kit) => {
    const { widget, answer } = await makeWidget(kit, kit.token([UPDATE]), metaId);
    const expected = {
      id: widget.id,
      meta_id: metaId,
      configuration: CONFIGURATION,
      name: "Conformance",
      premium: false,
    };
    expectJsonBytes(answer, JSON.stringify({ widget: expected }));
  },
  // Of the others the documentation shows widgets, and not how they are made.
  { needs: [holds(UPDATE)], ...(name === "basic" ? {} : { isOurs: true }) },
]);

/** A token that reads and updates, and one that sees every widget. */
const BOTH: readonly Need[] = [holds(READ, UPDATE, HEAR)];

async function list(kit: Kit, token: string): Promise<readonly WireWidget[]> {
  const answer = await kit.ask({ path: PATHS.widgets, token });
  const { widgets } = expectJson(answer) as { readonly widgets?: unknown };
  expectThat(Array.isArray(widgets), '200 {"widgets":[…]}', shown(answer));
  return widgets as readonly WireWidget[];
}

export const WIDGETS = area("widgets", SECTION, [
  ...kinds,
  [
    "id",
    "The id of a widget is a lower-case UUID.",
    async (kit) => {
      const { id } = await sharedWidget(kit);
      expectThat(UUID.test(id), "a lower-case UUID", id);
    },
    { needs: [holds(UPDATE)] },
  ],
  [
    "create-refuses-no-json",
    "A widget made with a body that is no JSON is a 400.",
    async (kit) => expectError(await send(kit, PATHS.widgets, kit.token([UPDATE]), "{"), { status: 400 }),
    { needs: [holds(UPDATE)], isOurs: true },
  ],
  [
    "update-replaces",
    "An update replaces the whole configuration, and answers the widget.",
    async (kit) => {
      const widget = await sharedWidget(kit);
      const configuration = { heartColor: "#0000ffff" };
      const answer = await send(kit, `${PATHS.widgets}/${widget.id}`, kit.token([UPDATE]), { configuration });
      const { id, meta_id, name } = widget;
      const expected = { widget: { id, meta_id, configuration, name, premium: false } };
      expectJsonBytes(answer, JSON.stringify(expected));
    },
    { needs: [holds(UPDATE)] },
  ],
  [
    "update-refuses-no-json",
    "An update with a body that is no JSON is a 400.",
    async (kit) => {
      const { id } = await sharedWidget(kit);
      expectError(await send(kit, `${PATHS.widgets}/${id}`, kit.token([UPDATE]), "{"), { status: 400 });
    },
    { needs: [holds(UPDATE)], isOurs: true },
  ],
  [
    "update-unknown",
    "An update of a widget that is not there is a 404.",
    async (kit) => {
      const body = { configuration: {} };
      const answer = await send(kit, `${PATHS.widgets}/${NOBODY}`, kit.token([UPDATE]), body);
      expectError(answer, { status: 404 });
    },
    { needs: [holds(UPDATE)] },
  ],
  [
    "update-of-somebody-else",
    "An update of somebody else's widget is a 404.",
    async (kit) => {
      const other = kit.tokens.findOther([UPDATE])?.token;
      const { widget } = await makeWidget(kit, other);
      const body = { configuration: {} };
      const answer = await send(kit, `${PATHS.widgets}/${widget.id}`, kit.token([UPDATE]), body);
      expectError(answer, { status: 404 });
    },
    { needs: [holds(UPDATE), otherHolds(UPDATE)] },
  ],
  [
    "list-keys",
    "Each widget of the list has the five documented keys, in their order.",
    async (kit) => {
      const token = kit.token([READ, UPDATE, HEAR]);
      await makeWidget(kit, token);
      for (const widget of await list(kit, token)) expectSame(keysOf(widget), KEYS, "the keys ");
    },
    { needs: BOTH },
  ],
  [
    "list-has-made",
    "A widget that was made is in the list, as it was answered.",
    async (kit) => {
      const token = kit.token([READ, UPDATE, HEAR]);
      const { widget } = await makeWidget(kit, token);
      const listed = (await list(kit, token)).find(({ id }) => id === widget.id);
      expectSame(JSON.stringify(listed), JSON.stringify(widget));
    },
    { needs: BOTH },
  ],
  [
    "list-has-updated",
    "A configuration that was replaced is in the list.",
    async (kit) => {
      const token = kit.token([READ, UPDATE, HEAR]);
      const { widget } = await makeWidget(kit, token);
      const configuration = { heartEnabled: false };
      expectJson(await send(kit, `${PATHS.widgets}/${widget.id}`, token, { configuration }));
      const listed = (await list(kit, token)).find(({ id }) => id === widget.id);
      expectSame(JSON.stringify(listed?.configuration), JSON.stringify(configuration));
    },
    { needs: BOTH },
  ],
  [
    "list-hides-open-links",
    `A token without ${HEAR} does not see the ids of widgets whose link is open.`,
    async (kit) => {
      const { widget } = await makeWidget(kit, kit.token([UPDATE, HEAR]));
      const seen = await list(kit, kit.token([READ], [HEAR]));
      const isSeen = seen.some(({ id }) => id === widget.id);
      expectThat(!isSeen, "a list without the widget", `a list with ${widget.id}`);
    },
    { needs: [holds(UPDATE, HEAR), holdsWithout([READ], HEAR)] },
  ],
  [
    "list-shows-closed-links",
    `A token without ${HEAR} sees the widgets whose link is closed.`,
    async (kit) => {
      const closed = await closedWidget(kit);
      const seen = await list(kit, kit.token([READ], [HEAR]));
      const isSeen = seen.some(({ id }) => id === closed);
      expectThat(isSeen, "a list with the widget", `a list of ${seen.length} others`);
    },
    { needs: [...CLOSED_LINK, holdsWithout([READ], HEAR)] },
  ],
]);
