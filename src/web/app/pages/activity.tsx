import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ActivityEntry } from "../answers.ts";
import { useAction } from "../parts/action.ts";
import { Button } from "../parts/button.tsx";
import { Frame } from "../parts/frame.tsx";
import { RowShapes, Show, useLoading } from "../parts/loaded.tsx";
import { Problem } from "../parts/problem.tsx";
import { api } from "../session.ts";
import { activityInWords, originInWords } from "../words/activity.ts";
import { clockInWords, dayInWords } from "../words/times.ts";

/** Entries that are asked for at a time. */
const PAGE_ENTRIES = 50;

interface Activity {
  readonly entries: readonly ActivityEntry[];
  readonly more: boolean;
}

/** `/activity`: the trail of what happened to the account, newest first, by day. */
export function ActivityPage(): JSX.Element {
  const activity = useLoading(() => readPage());
  const action = useAction();
  const said = useSignal("");
  const readMore = (known: Activity) =>
    void action.run(async () => {
      const next = await readPage(known.entries.at(-1)?.id);
      activity.set({ entries: [...known.entries, ...next.entries], more: next.more });
      said.value = `${next.entries.length} older entries are shown.`;
    });
  return (
    <Frame
      title="Activity"
      lead="What happened to your account: who signed in, what was let in, what was taken back. Nobody can change it."
    >
      <Show of={activity} shape={<RowShapes count={5} />}>
        {(value) => (
          <>
            {value.entries.length === 0 ? <p class="panel padded empty">Nothing has happened yet.</p> : null}
            {daysOf(value.entries).map(({ day, entries }) => (
              <Day key={day} day={day} entries={entries} />
            ))}
            <p class="unseen" role="status">
              {said.value}
            </p>
            <Problem of={action.problem} />
            {value.more ? (
              <Button isBusy={action.isBusy} onPress={() => readMore(value)}>
                Show older entries
              </Button>
            ) : null}
          </>
        )}
      </Show>
    </Frame>
  );
}

function readPage(before?: number): Promise<Activity> {
  const older = before === undefined ? "" : `&before=${before}`;
  return api<Activity>("GET", `/account/activity?count=${PAGE_ENTRIES}${older}`);
}

/** Entries by the day on which they happened where the person is, in the order in which they came. */
function daysOf(entries: readonly ActivityEntry[]): { day: string; entries: ActivityEntry[] }[] {
  const days = new Map<string, ActivityEntry[]>();
  for (const entry of entries) {
    const day = dayInWords(entry.at, Date.now());
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days].map(([day, ofDay]) => ({ day, entries: ofDay }));
}

function Day({
  day,
  entries,
}: {
  readonly day: string;
  readonly entries: readonly ActivityEntry[];
}): JSX.Element {
  return (
    <section class="day">
      <h2>{day}</h2>
      <ol class="panel">
        {entries.map(({ id, at, kind, details }) => (
          <li class="row entry" key={id}>
            <time dateTime={new Date(at).toISOString()}>{clockInWords(at)}</time>
            <div>
              <p>{activityInWords(kind, details)}</p>
              <p class="quiet">{originInWords(details)}</p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
