import { NOBODY } from "../../../../src/conformance/routes.ts";
import { changed, made, type Passed, withHeaders } from "../mutatingProxy.ts";
import { answering, asking, ids, path, reversed, rewriting, type WrongServer } from "../wrongServer.ts";

const isStatistics = path("/api/v1/statistics");
const range = (wanted: string) => (request: Passed) =>
  isStatistics(request) && request.query.get("time_range") === wanted;

type Statistics = Readonly<Record<string, number>>;

function asRange(request: Passed, wanted: string): Passed {
  return { ...request, query: new URLSearchParams({ time_range: wanted }) };
}

const STATISTICS: readonly WrongServer[] = [
  {
    breaks: "writes statistics in another order",
    fails: ["statistics.keys"],
    fault: () => rewriting<Statistics>(isStatistics, reversed),
  },
  {
    breaks: "writes averages with a fraction",
    fails: ["statistics.integers"],
    fault: () =>
      answering(isStatistics, (answer) =>
        changed(answer, { body: answer.text.replace(/("average_beats_per_minute":\d+)/, "$1.0") }),
      ),
  },
  ...Object.entries({ "24h": 24, "7d": 168, "30d": 720 }).map(
    ([name, hours]): WrongServer => ({
      breaks: `covers more than ${name} in ${name}`,
      fails: ids(
        ["statistics"],
        `range-${name}`,
        ...(name === "24h" ? ["default-range"] : ["older-left-out"]),
      ),
      fault: () =>
        rewriting<Statistics>(range(name), (body) => ({
          ...body,
          streamed_duration_in_seconds: hours * 3600 + 1,
        })),
    }),
  ),
  {
    breaks: "takes readings of days ago into 24h",
    fails: ["statistics.older-left-out", "statistics.default-range"],
    fault: () => asking((request) => (range("24h")(request) ? asRange(request, "7d") : request)),
  },
  {
    breaks: "takes a week where no range is given",
    fails: ["statistics.default-range"],
    fault: () =>
      asking((request) =>
        isStatistics(request) && !request.query.has("time_range") ? asRange(request, "7d") : request,
      ),
  },
  {
    breaks: "takes an unknown range for a month",
    fails: ["statistics.unknown-range"],
    fault: () => asking((request) => (range("1y")(request) ? asRange(request, "30d") : request)),
  },
  {
    breaks: "forgets the lowest heart rate in a month",
    fails: ["statistics.longer-range-holds-shorter"],
    fault: () =>
      rewriting<Statistics>(range("30d"), (body) => ({
        ...body,
        minimum_beats_per_minute: Number(body.minimum_beats_per_minute) + 1,
      })),
  },
  {
    breaks: "counts no reading below 2",
    fails: ["statistics.written-counts-at-once"],
    fault: () =>
      rewriting<Statistics>(isStatistics, (body) => ({
        ...body,
        minimum_beats_per_minute: Math.max(2, Number(body.minimum_beats_per_minute)),
      })),
  },
  {
    breaks: "answers statistics of nothing with 404",
    fails: ["statistics.none-yet"],
    fault: () =>
      answering(isStatistics, (answer) =>
        answer.status === 412 ? changed(answer, { status: 404 }) : answer,
      ),
  },
];

const isProfile = path("/api/v1/profile");

interface Profile {
  readonly heart_rate: boolean;
}

const PROFILE: readonly WrongServer[] = [
  {
    breaks: "writes a profile in another order",
    fails: ["profile.keys"],
    fault: () => rewriting<Record<string, unknown>>(isProfile, reversed),
  },
  {
    breaks: "writes yes for true",
    fails: ["profile.types", "profile.heart-rate-sent"],
    fault: () =>
      rewriting<Profile>(isProfile, (body) => ({ ...body, heart_rate: body.heart_rate ? "yes" : false })),
  },
  {
    breaks: "does not know that a user sent readings",
    fails: ["profile.heart-rate-sent"],
    fault: () => rewriting<Profile>(isProfile, (body) => ({ ...body, heart_rate: false })),
  },
  {
    breaks: "believes of everybody that they sent readings",
    fails: ["profile.heart-rate-never-sent"],
    fault: () => rewriting<Profile>(isProfile, (body) => ({ ...body, heart_rate: true })),
  },
];

interface Widget {
  readonly id: string;
  readonly name: string;
  readonly configuration: Readonly<Record<string, unknown>>;
}

const isWidgets = path("/api/v1/widgets");
const isUpdate = path(/^\/api\/v1\/widgets\/./);
const isList = (request: Passed) => isWidgets(request) && request.method === "GET";
const isCreation = (request: Passed) => isWidgets(request) && request.method === "POST";
const META = ["creates-basic", "creates-colour-ranges", "creates-third"] as const;
const MALFORMED = '{"error_code":8001,"error_message":"malformed request"}';

const rewritingWidget = (isMeant: (request: Passed) => boolean, rewrite: (widget: Widget) => unknown) =>
  rewriting<{ readonly widget: Widget }>(isMeant, ({ widget }) => ({ widget: rewrite(widget) }));

const rewritingList = (rewrite: (widgets: readonly Widget[]) => readonly unknown[]) =>
  rewriting<{ readonly widgets: readonly Widget[] }>(isList, ({ widgets }) => ({
    widgets: rewrite(widgets),
  }));

const WIDGETS: readonly WrongServer[] = [
  {
    breaks: "answers a widget that was made in another order",
    fails: ids(["widgets"], ...META, "list-has-made"),
    fault: () => rewritingWidget(isCreation, (widget) => reversed({ ...widget })),
  },
  ...(
    [
      ["creates-basic", "bf6bdf21"],
      ["creates-colour-ranges", "f0654a12"],
      ["creates-third", "b828337f"],
    ] as const
  ).map(
    ([name, kind]): WrongServer => ({
      breaks: `says that a widget of the kind ${kind} is paid for`,
      fails: kind === "bf6bdf21" ? ids(["widgets"], name, "list-has-made") : [`widgets.${name}`],
      fault: () =>
        rewriting<{ readonly widget: Widget }>(isCreation, ({ widget }, { body }) => ({
          widget: body.includes(`"${kind}-`) ? { ...widget, premium: true } : widget,
        })),
    }),
  ),
  {
    breaks: "makes ids in capitals",
    fails: ids(
      ["widgets"],
      "id",
      "update-replaces",
      "list-has-made",
      "list-has-updated",
      "list-shows-closed-links",
    ).concat("pages.widget-alias"),
    fault: () => rewritingWidget(isCreation, (widget) => ({ ...widget, id: widget.id.toUpperCase() })),
  },
  {
    breaks: "makes a widget of anything",
    fails: ["widgets.create-refuses-no-json"],
    fault: () =>
      answering(isCreation, (answer) => (answer.status === 400 ? made(200, '{"widget":{}}') : answer)),
  },
  {
    breaks: "mixes a configuration into the one before",
    fails: ["widgets.update-replaces"],
    fault: () =>
      rewritingWidget(isUpdate, (widget) => ({
        ...widget,
        configuration: { heartEnabled: true, ...widget.configuration },
      })),
  },
  {
    breaks: "fails on an update that is no JSON",
    fails: ["widgets.update-refuses-no-json"],
    fault: () =>
      answering(isUpdate, (answer) => (answer.status === 400 ? changed(answer, { status: 500 }) : answer)),
  },
  {
    breaks: "answers 400 to an update of a widget that is not there",
    fails: [
      "widgets.update-unknown",
      ...ids(["widget-update"], "bearer-in-any-case", "query-token-not-read"),
    ],
    fault: () =>
      answering(
        (request) => isUpdate(request) && request.path.endsWith(NOBODY),
        (answer) => (answer.status === 404 ? made(400, MALFORMED) : answer),
      ),
  },
  {
    breaks: "tells that a widget is somebody else's",
    fails: ["widgets.update-of-somebody-else"],
    fault: () =>
      answering(path(/^\/api\/v1\/widgets\/(?!0{8})/), (answer) =>
        answer.status === 404 ? changed(answer, { status: 403 }) : answer,
      ),
  },
  {
    breaks: "lists widgets in another order of keys",
    fails: ["widgets.list-keys", "widgets.list-has-made"],
    fault: () => rewritingList((widgets) => widgets.map((widget) => reversed({ ...widget }))),
  },
  {
    breaks: "lists a widget only some time after it was made",
    fails: ids(["widgets"], "list-has-made", "list-has-updated", "list-shows-closed-links"),
    fault: () => rewritingList((widgets) => widgets.slice(0, -1)),
  },
  {
    breaks: "lists the configuration from before an update",
    fails: ["widgets.list-has-updated"],
    fault: () =>
      rewritingList((widgets) =>
        widgets.map((widget) =>
          "ranges" in widget.configuration ? widget : { ...widget, configuration: { heartEnabled: true } },
        ),
      ),
  },
  {
    breaks: "lists every widget for every token",
    fails: ["widgets.list-hides-open-links"],
    fault: ({ tokens }) =>
      asking((request) =>
        isList(request) && request.headers.has("authorization") && tokens?.includes(tokenOf(request))
          ? withHeaders(request, { authorization: `Bearer ${tokens[0]}` })
          : request,
      ),
  },
  {
    breaks: "lists no widget for a token that may not hear the pulse",
    fails: ["widgets.list-shows-closed-links"],
    fault: ({ tokens }) =>
      answering(
        (request) => isList(request) && tokenOf(request) !== tokens?.[0],
        (answer) => (answer.status === 200 ? changed(answer, { body: '{"widgets":[]}' }) : answer),
      ),
  },
];

function tokenOf(request: Passed): string {
  return request.headers.get("authorization")?.slice("Bearer ".length) ?? "";
}

export const ACCOUNT_FAULTS: readonly WrongServer[] = [...STATISTICS, ...PROFILE, ...WIDGETS];
