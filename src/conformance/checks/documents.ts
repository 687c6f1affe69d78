import { expectError, readAnswer, readKeys, UUID } from "../answers.ts";
import { type Check, expectMatch, expectSame, Mismatch } from "../check.ts";
import type { Kit } from "../kit.ts";

/** Statistics, profile and widgets: answers that are documents. */
const STATISTICS = "/api/v1/statistics";
const WIDGETS = "/api/v1/widgets";
const BASIC_BPM = "bf6bdf21-10a7-4a28-97ec-a239e6c77f8b";
const WIDGET_KEYS = ["id", "meta_id", "configuration", "name", "premium"];
const FIGURES = [
  "maximum_beats_per_minute",
  "minimum_beats_per_minute",
  "average_beats_per_minute",
  "streamed_duration_in_seconds",
  "calories_burned_in_kcal",
];

function statistics(kit: Kit, query: string) {
  const token = kit.tokenFor("data:statistics:read");
  return kit.call("GET", STATISTICS, { token, ...(query === "" ? {} : { query }) });
}

function widgets(kit: Kit, method: string, path: string, body?: unknown) {
  const token = kit.tokenFor(method === "GET" ? "widgets:read" : "widgets:update");
  return kit.call(method, path, { token, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

/** Makes a widget that the kit leaves behind: the wire has no way to delete one. */
async function newWidget(kit: Kit): Promise<Record<string, unknown>> {
  const asked = { meta_id: BASIC_BPM, name: "conformance", configuration: { from: "conformance" } };
  const { widget } = readAnswer(await widgets(kit, "POST", WIDGETS, asked), ["widget"]);
  return readKeys("the widget", widget, WIDGET_KEYS);
}

export const DOCUMENT_CHECKS: readonly Check[] = [
  ...["", "time_range=24h", "time_range=7d", "time_range=30d"].map(
    (query): Check => ({
      id: `statistics.${query === "" ? "default" : query.slice("time_range=".length)}`,
      source: "documentation",
      sentence: `Statistics ${query === "" ? "without a range" : `of ${query.slice("time_range=".length)}`} are five integers in the documented order.`,
      run: async (kit) => {
        await kit.write(96);
        const figures = readAnswer(await statistics(kit, query), FIGURES);
        for (const name of FIGURES) {
          if (!Number.isInteger(figures[name])) throw new Mismatch(name, "an integer", figures[name]);
        }
      },
    }),
  ),
  {
    id: "statistics.hold-the-reading",
    source: "documentation",
    sentence: "The highest and the lowest heart rate of a day are those of its readings.",
    run: async (kit) => {
      await kit.write(1);
      await kit.write(65_535);
      const figures = readAnswer(await statistics(kit, ""), FIGURES);
      const got = [figures.minimum_beats_per_minute, figures.maximum_beats_per_minute];
      expectSame("the lowest and the highest", got, [1, 65_535]);
    },
  },
  {
    id: "statistics.unknown-range",
    source: "Heartwire",
    sentence: "An unknown range is 400.",
    run: async (kit) => expectError(await statistics(kit, "time_range=1h"), { status: 400 }),
  },
  {
    id: "profile.shape",
    source: "documentation",
    sentence: "The profile says channel, login, username, mobile_login and heart_rate, in this order.",
    run: async (kit) => {
      await kit.write(97);
      const answer = await kit.call("GET", "/api/v1/profile", { token: kit.tokenFor("profile:read") });
      const profile = readAnswer(answer, ["channel", "login", "username", "mobile_login", "heart_rate"]);
      const types = Object.values(profile).map((value) => typeof value);
      expectSame("their types", types, ["string", "string", "string", "boolean", "boolean"]);
    },
  },
  {
    id: "profile.heart-rate-after-a-reading",
    source: "documentation",
    sentence: "heart_rate of the profile is true once the user sent a reading.",
    run: async (kit) => {
      await kit.write(98);
      const { text } = await kit.call("GET", "/api/v1/profile", { token: kit.tokenFor("profile:read") });
      expectSame("heart_rate", JSON.parse(text).heart_rate, true);
    },
  },
  {
    id: "widgets.create",
    source: "documentation",
    sentence: "Making a widget answers it with id, meta_id, configuration, name and premium, in this order.",
    run: async (kit) => {
      const widget = await newWidget(kit);
      expectMatch("id", String(widget.id), UUID);
      expectSame(
        "the rest",
        [widget.meta_id, widget.configuration, widget.name],
        [BASIC_BPM, { from: "conformance" }, "conformance"],
      );
    },
  },
  {
    id: "widgets.list",
    source: "documentation",
    sentence: "The list of widgets holds the one that was made, in the same form.",
    run: async (kit) => {
      // The list may leave out what its token may not see: it has to hold what the maker's token holds.
      const made = await newWidget(kit);
      const { widgets: listed } = readAnswer(await widgets(kit, "GET", WIDGETS), ["widgets"]);
      const found = (Array.isArray(listed) ? listed : []).find(({ id }) => id === made.id);
      expectSame("the widget in the list", readKeys("the widget in the list", found, WIDGET_KEYS), made);
    },
  },
  {
    id: "widgets.update",
    source: "documentation",
    sentence: "Updating a widget replaces its configuration and answers it.",
    run: async (kit) => {
      const made = await newWidget(kit);
      const answer = await widgets(kit, "POST", `${WIDGETS}/${made.id}`, { configuration: { other: true } });
      const { widget } = readAnswer(answer, ["widget"]);
      expectSame("the widget", readKeys("the widget", widget, WIDGET_KEYS), {
        ...made,
        configuration: { other: true },
      });
    },
  },
  {
    id: "widgets.unknown",
    source: "documentation",
    sentence: "Updating a widget that is not there is 404.",
    run: async (kit) => {
      const answer = await widgets(kit, "POST", `${WIDGETS}/${crypto.randomUUID()}`, { configuration: {} });
      expectError(answer, { status: 404 });
    },
  },
];
