import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { SCOPES } from "../../../src/domain/scopes.ts";
import { connect, newClient, readAccount, type TrailAnswer } from "../../support/account.ts";
import { Listener } from "../../support/listener.ts";
import { bearer, LATEST_PATH } from "../../support/requests.ts";
import { ROOMS } from "../../support/rooms.ts";
import { startTestServer, throwAwayFolder, write } from "../../support/server.ts";
import { sharedServer } from "../../support/sharedServer.ts";
import { signIn } from "../../support/signedIn.ts";

const shared = sharedServer();

interface Listed {
  readonly tokens: readonly {
    readonly first_used_at: number | null;
    readonly last_read_at: number | null;
    readonly last_written_at: number | null;
    readonly read_count: number;
    readonly write_count: number;
  }[];
}

const USE_MS = 10_000;

test("what a token read and wrote is counted, each kind by itself, and what is refused is not", async () => {
  const user = crypto.randomUUID();
  const page = await signIn(shared(), { user });
  const token = await shared().token(SCOPES, { user });
  const { origin, server } = shared();
  const before = Date.now();
  await write(origin, token, Date.now(), 70);
  await write(origin, token, Date.now(), 0);
  await write(origin, token, -1, 70);
  await fetch(`${origin}${LATEST_PATH}`, { headers: bearer(token) });
  await fetch(`${origin}/api/v1/statistics`, { headers: bearer(token) });
  await fetch(`${origin}${ROOMS}`, { headers: bearer(token) });
  using _ = await Listener.open(origin, token);
  await server.context.uses.flush();
  const { tokens } = await readAccount<Listed>(shared(), page.token, "/tokens");
  expect(tokens).toMatchObject([{ read_count: 4, write_count: 2 }]);
  const [own] = tokens;
  for (const at of [own?.first_used_at, own?.last_read_at, own?.last_written_at]) {
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  }
  const { entries } = await readAccount<TrailAnswer>(shared(), page.token, "/activity");
  expect(entries.map(({ kind }) => kind)).toEqual(["token_first_used"]);
});

test("an app's are shown on My apps within ten seconds, by themselves", async () => {
  const page = await signIn(shared());
  const client = await newClient(shared(), { name: "Zones" });
  const token = await connect(shared(), page, client);
  const startedAt = Date.now();
  await write(shared().origin, token, Date.now(), 70);
  const list = () => readAccount<{ apps: readonly { write_count: number }[] }>(shared(), page.token, "/apps");
  while ((await list()).apps[0]?.write_count !== 1) await Bun.sleep(100);
  expect(Date.now() - startedAt).toBeLessThan(USE_MS + 1_000);
  const { entries } = await readAccount<TrailAnswer>(shared(), page.token, "/activity");
  expect(entries).toMatchObject([
    { kind: "token_first_used", details: { client_id: client.publicId, client_name: "Zones" } },
  ]);
});

test("an orderly end writes what was counted last", async () => {
  const folder = throwAwayFolder();
  const first = await startTestServer({ folder });
  const token = await first.token(["data:heart_rate:write"]);
  await write(first.origin, token, Date.now(), 70);
  await first[Symbol.asyncDispose]();
  await using second = await startTestServer({ folder });
  const page = await signIn(second, { user: "me" });
  const { tokens } = await readAccount<Listed>(second, page.token, "/tokens");
  expect(tokens).toMatchObject([{ write_count: 1 }]);
  rmSync(folder, { recursive: true, force: true });
});
