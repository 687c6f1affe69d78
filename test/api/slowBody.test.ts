import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Operation } from "../../src/api/operation.ts";
import { ROUTES } from "../../src/api/routes.ts";
import { hashToken } from "../../src/auth/tokens.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import { SCOPES } from "../../src/domain/scopes.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { type FurnishedServer, furnish } from "../support/description/recipes.ts";
import { RawConnection, requestText } from "../support/rawConnection.ts";
import { bearer, VALIDATE_PATH } from "../support/requests.ts";
import { startTestServer } from "../support/server.ts";
import { signInAgain } from "../support/signedIn.ts";
import { callWidgets, newWidget, OWN_WIDGETS, WIDGETS, type WidgetAnswer } from "../support/widgets.ts";

/** Every operation that a token opens, a page's too, and that has a body, by the table of routes. */
const operations = ROUTES.flatMap(({ path, methods }) =>
  Object.entries(methods)
    .filter(([, { token, body }]) => (typeof token !== "string" || token === "session") && body !== undefined)
    .map(([method, operation]) => ({ path, method, operation })),
);

let furnished: FurnishedServer;
beforeAll(async () => {
  furnished = await furnish();
});
afterAll(() => furnished.server[Symbol.asyncDispose]());

/** Revokes tokens as another process does, and waits until the server knows. */
async function revoke(tokens: readonly string[]): Promise<void> {
  const { folder, origin } = furnished.server;
  const beside = await SqliteDirectory.open(join(folder, "control.db"));
  for (const token of tokens) {
    const record = await beside.findToken(hashToken(token));
    // A page's token has no row: it ends with its session.
    if (record !== undefined) await beside.revokeToken(record.id, Date.now() as EpochMs);
  }
  await beside.close();
  const asked = { headers: bearer(tokens.at(-1) as string) };
  while ((await fetch(`${origin}${VALIDATE_PATH}`, asked)).status === 200) await Bun.sleep(20);
}

/** Resolves when the server has looked up this token. */
function lookedUp(token: string): Promise<void> {
  const { directory } = furnished.server.server.storage;
  const { findToken } = directory;
  return new Promise((resolve) => {
    directory.findToken = async (hash) => {
      const record = await findToken.call(directory, hash);
      if (record !== undefined && hash === hashToken(token)) resolve();
      return record;
    };
  });
}

/** A token by which an operation is asked, and how it is seen that the server looked at it. */
async function tokenFor({ token }: Operation): Promise<{ token: string; seen: () => Promise<void> }> {
  const { server, page } = furnished;
  if (token !== "session") {
    const made = await server.token(SCOPES, { user: "anna" });
    return { token: made, seen: () => lookedUp(made) };
  }
  const { token: issued } = await signInAgain(server, page);
  return { token: issued, seen: () => found(issued) };
}

/** Resolves when the server has found this page's token. */
function found(token: string): Promise<void> {
  const { sessionTokens } = furnished.server.server.context;
  const { find } = sessionTokens;
  return new Promise((resolve) => {
    sessionTokens.find = (asked) => {
      if (asked === token) resolve();
      return find.call(sessionTokens, asked);
    };
  });
}

/** Signs the owner out everywhere, as another process does; the page's token is ended by whoever notices. */
async function endSessions(): Promise<void> {
  const beside = await SqliteDirectory.open(join(furnished.server.folder, "control.db"));
  await beside.people.endSessions(furnished.page.person);
  await beside.close();
}

test("a token that is revoked while its body is on the way does nothing, whatever it asks for", async () => {
  expect(operations.length).toBeGreaterThan(16);
  const begun: { readonly id: string; readonly token: string; readonly connection: RawConnection }[] = [];
  for (const { path, method, operation } of operations) {
    const { token, seen } = await tokenFor(operation);
    const [recipe] = await furnished.recipeFor(operation.id);
    const filled = path.replace(/:(\w+)/g, (_, name) => recipe?.parameters?.[name] ?? "");
    const body = JSON.stringify(recipe?.body);
    const lines = [`Authorization: Bearer ${token}`, `Content-Length: ${body.length}`];
    const connection = await RawConnection.open(furnished.server.origin);
    const authorised = seen();
    connection.send(requestText(`${method} ${filled}`, lines, body.slice(0, -1)));
    await authorised;
    begun.push({ id: operation.id, token, connection });
  }
  await endSessions();
  await revoke(begun.map(({ token }) => token));
  for (const { id, connection } of begun) {
    connection.send("}");
    const { status, body } = await connection.answer();
    expect({ id, status, code: JSON.parse(body).error_code }).toEqual({ id, status: 401, code: 7005 });
    connection[Symbol.dispose]();
  }
});

test("a page that is signed out here while its body is on the way makes nothing any more", async () => {
  const { server, page } = furnished;
  const { token, sessionId } = await signInAgain(server, page);
  const asked = { name: "too late", scopes: ["data:heart_rate:read"] };
  const path = "/api/heartwire/v1/account/tokens";
  const slow = await beginSlowly(token, "POST", path, asked, found(token));
  const leaver = await signInAgain(server, page);
  const left = await fetch(`${server.origin}/api/heartwire/v1/account/sessions/${sessionId}`, {
    method: "DELETE",
    headers: bearer(leaver.token),
  });
  expect(left.status).toBe(204);
  expect(await slow.end()).toBe(401);
  const made = await server.server.storage.directory.ownTokens.list(page.profile.id);
  expect(made.map(({ label }) => label)).not.toContain("too late");
});

/**
 * Begins a request whose body lacks its last byte, and comes back when its token was looked up.
 *
 * @param authorised resolves then
 */
async function beginSlowly(
  token: string,
  method: string,
  path: string,
  body: unknown,
  authorised = lookedUp(token),
) {
  const text = JSON.stringify(body);
  const lines = [`Authorization: Bearer ${token}`, `Content-Length: ${text.length}`];
  const connection = await RawConnection.open(furnished.server.origin);
  connection.send(requestText(`${method} ${path}`, lines, text.slice(0, -1)));
  await authorised;
  return {
    async end(): Promise<number> {
      connection.send("}");
      const { status } = await connection.answer();
      connection[Symbol.dispose]();
      return status;
    },
  };
}

test("a token that expires while its body is on the way stores nothing", async () => {
  let aheadMs = 0;
  await using server = await startTestServer({ clock: () => (Date.now() + aheadMs) as EpochMs });
  const token = await server.token(SCOPES, { expiresAt: Date.now() + 600_000 });
  const body = '{"measured_at":1760000000000,"data":{"heart_rate":72}}';
  const connection = await RawConnection.open(server.origin);
  const { directory } = server.server.storage;
  const { findToken } = directory;
  const found = Promise.withResolvers<void>();
  directory.findToken = (hash) => {
    found.resolve();
    return findToken.call(directory, hash);
  };
  const lines = [`Authorization: Bearer ${token}`, `Content-Length: ${body.length}`];
  connection.send(requestText("POST /api/v1/data", lines, body.slice(0, -1)));
  await found.promise;
  aheadMs = 600_001;
  connection.send("}");
  expect((await connection.answer()).status).toBe(401);
  connection[Symbol.dispose]();
  expect((await server.server.storage.readings.measure()).commits).toBe(0);
});

describe("what is gone when the body ends is not found", () => {
  const changer = () => furnished.server.token(SCOPES, { user: "anna" });
  const change = (token: string, method: string, path: string, body?: unknown) =>
    callWidgets(furnished.server, token, method, path, body);

  test("a widget that was deleted", async () => {
    const token = await changer();
    const { id } = await newWidget(furnished.server, token);
    const slow = await beginSlowly(await changer(), "POST", `${WIDGETS}/${id}`, { configuration: {} });
    expect((await change(token, "DELETE", `${OWN_WIDGETS}/${id}`)).status).toBeLessThan(300);
    expect(await slow.end()).toBe(404);
  });

  test("a widget whose link was opened, for a token that may not hear the pulse", async () => {
    const token = await changer();
    const { id } = await newWidget(furnished.server, token);
    expect((await change(token, "DELETE", `${OWN_WIDGETS}/${id}/link`)).status).toBe(200);
    const deaf = await furnished.server.token(["widgets:update"], { user: "anna" });
    const slow = await beginSlowly(deaf, "POST", `${WIDGETS}/${id}`, { configuration: { a: 1 } });
    const opened = await change(token, "PUT", `${OWN_WIDGETS}/${id}/link`);
    const { widget } = (await opened.json()) as { widget: WidgetAnswer };
    expect(await slow.end()).toBe(404);
    const { directory } = furnished.server.server.storage;
    expect((await directory.widgets.find(widget.id))?.configuration).toEqual({});
  });

  for (const what of ["config", "members/me/config"]) {
    test(`the ${what} of a room that was deleted`, async () => {
      const token = await changer();
      const [recipe] = await furnished.recipeFor("configureRoom");
      const room = `/api/heartwire/v1/rooms/${recipe?.parameters?.roomId}`;
      const slow = await beginSlowly(await changer(), "PUT", `${room}/${what}`, { config: {} });
      expect((await change(token, "DELETE", room)).status).toBeLessThan(300);
      expect(await slow.end()).toBe(404);
    });
  }
});
