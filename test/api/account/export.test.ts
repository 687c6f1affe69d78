import { expect, test } from "bun:test";
import type { Socket } from "bun";
import type { Bpm, EpochMs, ProfileId, Reading, SourceId } from "../../../src/domain/reading.ts";
import { ACCOUNT, askAccount, connect, kindsOf, newClient, readAccount } from "../../support/account.ts";
import { expectError } from "../../support/answers.ts";
import { keptReadings, recordingNamed } from "../../support/recordings.ts";
import { bearer } from "../../support/requests.ts";
import { ROOMS } from "../../support/rooms.ts";
import { write } from "../../support/server.ts";
import { sharedServer } from "../../support/sharedServer.ts";
import { signIn } from "../../support/signedIn.ts";
import { newWidget } from "../../support/widgets.ts";

const shared = sharedServer();

interface Exported {
  readonly form: string;
  readonly exported_at: number;
  readonly [section: string]: unknown;
}

const records = (exported: Exported, section: string) =>
  exported[section] as readonly Readonly<Record<string, unknown>>[];

/** A recorded workout as somebody's readings, begun later by so much. */
function recorded(profile: ProfileId, name: string, laterMs = 0): readonly Reading[] {
  return keptReadings(recordingNamed(name)).map(({ measuredAt, bpm }, place) => ({
    profile,
    source: 0 as SourceId,
    measuredAt: (measuredAt + laterMs) as EpochMs,
    arrivedAt: (measuredAt + laterMs + 150 + (place % 7)) as EpochMs,
    bpm: bpm as Bpm,
    ...(place % 5 === 0 ? { rrIntervalsMs: [60_000 / bpm, 812.5] } : {}),
  }));
}

async function store(readings: readonly Reading[]): Promise<void> {
  for (let from = 0; from < readings.length; from += 5_000) {
    await shared().server.storage.readings.append(readings.slice(from, from + 5_000));
  }
}

test("an export has every reading of a real workout, with its times, heart rate and RR intervals", async () => {
  const page = await signIn(shared());
  const sent = [
    ...recorded(page.profile.id, "run-intervals-75min"),
    ...recorded(page.profile.id, "strength-80min"),
    ...recorded(page.profile.id, "run-tcx-irregular-33min").map((reading) => ({
      ...reading,
      source: 3 as SourceId,
    })),
  ];
  await store(sent);
  const exported = await readAccount<Exported>(shared(), page.token, "/export");
  const expected = sent
    .toSorted((one, other) => one.measuredAt - other.measuredAt || one.source - other.source)
    .map(({ measuredAt, arrivedAt, bpm, source, rrIntervalsMs }) => ({
      measured_at: measuredAt,
      received_at: arrivedAt,
      bpm,
      source,
      ...(rrIntervalsMs === undefined ? {} : { rr_intervals_ms: rrIntervalsMs.map(Math.fround) }),
    }));
  expect(expected.length).toBeGreaterThan(8_000);
  expect(records(exported, "readings")).toEqual(expected as never);
});

test("an export is a file of one JSON object with everything but secrets", async () => {
  const user = `Anna ${crypto.randomUUID()}`;
  const anna = await signIn(shared(), { user, email: `${crypto.randomUUID()}@example.org` });
  const byHand = await shared().token(["data:heart_rate:read", "widgets:update", "data:room:write"], {
    user,
  });
  const owned = await newClient(shared(), { owner: anna });
  const app = await newClient(shared(), { name: "Somebody's app" });
  const appToken = await connect(shared(), anna, app);
  const widget = await newWidget(shared(), byHand, { name: "On air" });
  const init = { method: "POST", headers: bearer(byHand), body: '{"config":{"color":"red"}}' };
  const made = (await (await fetch(`${shared().origin}${ROOMS}`, init)).json()) as {
    room: { room_id: string };
  };
  const response = await askAccount(shared(), anna.token, "GET", "/export");
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("content-disposition")).toMatch(
    /^attachment; filename="heartwire-\d{4}-\d\d-\d\d\.json"$/,
  );
  const text = await response.text();
  const exported = JSON.parse(text) as Exported;
  expect(exported.form).toBe("heartwire-account-1");
  expect(records(exported, "person")).toMatchObject([{ id: anna.person, name: user, email: anna.email }]);
  expect(records(exported, "profile")).toMatchObject([{ profile_id: anna.profile.publicId, name: user }]);
  expect(records(exported, "sign_in_sessions")).toMatchObject([{ id: anna.sessionId }]);
  expect(records(exported, "tokens")).toHaveLength(2);
  expect(records(exported, "apps")).toMatchObject([
    {
      client_id: app.publicId,
      name: "Somebody's app",
      scopes: ["data:heart_rate:read", "data:heart_rate:write"],
    },
  ]);
  expect(records(exported, "clients")).toMatchObject([
    { client_id: owned.publicId, redirect_uris: ["https://zones.example/callback"] },
  ]);
  expect(records(exported, "rooms")).toMatchObject([
    { room_id: made.room.room_id, configuration: { color: "red" } },
  ]);
  expect(records(exported, "memberships")).toMatchObject([{ room_id: made.room.room_id }]);
  expect(records(exported, "widgets")).toMatchObject([{ id: widget.id, name: "On air" }]);
  expect(records(exported, "readings")).toEqual([]);
  expect(records(exported, "activity")).toMatchObject([{ kind: "exported" }]);
  const { rows } = await secretsOf(anna.profile.id);
  for (const secret of [byHand, appToken, anna.token, ...rows]) expect(text).not.toContain(secret);
});

/** What stands for a token or a secret of somebody in the database. */
async function secretsOf(profile: ProfileId): Promise<{ readonly rows: readonly string[] }> {
  const { db } = shared().server.storage.directory.people.database;
  const tokens = await db
    .selectFrom("access_token")
    .select("hash")
    .where("profile_id", "=", profile)
    .execute();
  expect(tokens.length).toBeGreaterThan(0);
  return { rows: tokens.map(({ hash }) => String(hash)) };
}

test("an export is everybody's own, and takes a sign-in of the last ten minutes", async () => {
  const [anna, ben] = [await signIn(shared()), await signIn(shared())];
  await store(recorded(anna.profile.id, "run-tcx-irregular-33min"));
  expect(records(await readAccount<Exported>(shared(), ben.token, "/export"), "readings")).toEqual([]);
  const stale = await signIn(shared(), { signedInAt: Date.now() - 600_001 });
  const refused = { status: 403, code: 8017, message: "sign in once more to do this" };
  await expectError(await askAccount(shared(), stale.token, "GET", "/export"), refused);
  expect(await kindsOf(shared(), stale.token)).toEqual([]);
  const fresh = await signIn(shared(), { signedInAt: Date.now() - 590_000 });
  expect((await askAccount(shared(), fresh.token, "GET", "/export")).status).toBe(200);
});

/** Asks for an export and reads nothing of it until it is told to. */
async function askSlowly(token: string): Promise<{
  readonly readOn: () => void;
  readonly ended: Promise<string>;
}> {
  const { hostname, port } = new URL(shared().origin);
  const ended = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  const socket: Socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data: (_, chunk) => void chunks.push(Buffer.from(chunk)),
      close: () => ended.resolve(Buffer.concat(chunks).toString()),
    },
  });
  socket.pause();
  socket.write(
    `GET ${ACCOUNT}/export HTTP/1.1\r\nHost: localhost:${port}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
  );
  return { readOn: () => socket.resume(), ended: ended.promise };
}

/** Counts the pages of readings that are asked for. */
function countPages(): () => number {
  const { readings } = shared().server.storage;
  const { read } = readings;
  let pages = 0;
  readings.read = (...question) => {
    pages++;
    return read.apply(readings, question);
  };
  return () => pages;
}

test("somebody who reads slowly has the server wait, not fill its memory, and writes go on meanwhile", async () => {
  const user = crypto.randomUUID();
  const page = await signIn(shared(), { user });
  const token = await shared().token(["data:heart_rate:write"], { user });
  const DAYS = 12;
  let sent = 0;
  for (let day = 0; day < DAYS; day++) {
    const readings = recorded(page.profile.id, "multisport-6h50", day * 86_400_000);
    await store(readings);
    sent += readings.length;
  }
  const pages = countPages();
  const slow = await askSlowly(page.token);
  // What the kernel takes by itself goes out at once; then nothing more is read from the store.
  let before = -1;
  while (pages() !== before || before === 0) {
    before = pages();
    await Bun.sleep(100);
  }
  const needed = DAYS * 8;
  expect(before).toBeLessThan(needed / 2);
  expect((await write(shared().origin, token, Date.now(), 77)).status).toBe(200);
  slow.readOn();
  const answer = await slow.ended;
  expect(pages()).toBeGreaterThan(needed / 2);
  expect([...answer.matchAll(/"measured_at":/g)].length).toBeGreaterThanOrEqual(sent);
});

test("signing out cuts an export off that is under way", async () => {
  const page = await signIn(shared());
  for (let day = 0; day < 12; day++) {
    await store(recorded(page.profile.id, "multisport-6h50", day * 86_400_000));
  }
  const slow = await askSlowly(page.token);
  await Bun.sleep(200);
  expect((await askAccount(shared(), page.token, "DELETE", "/sessions")).status).toBe(204);
  slow.readOn();
  expect((await slow.ended).trimEnd().endsWith("}\n\r\n0")).toBe(false);
});
