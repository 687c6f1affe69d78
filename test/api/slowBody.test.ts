import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { ROUTES } from "../../src/api/routes.ts";
import { hashToken } from "../../src/auth/tokens.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import { SCOPES } from "../../src/domain/scopes.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { type FurnishedServer, furnish } from "../support/description/recipes.ts";
import { RawConnection, requestText } from "../support/rawConnection.ts";
import { bearer, VALIDATE_PATH } from "../support/requests.ts";

/** Every operation that a token opens and that has a body, by the table of routes. */
const operations = ROUTES.flatMap(({ path, methods }) =>
  Object.entries(methods)
    .filter(([, { token, body }]) => token !== "none" && body !== undefined)
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
    await beside.revokeToken(record?.id as number, Date.now() as EpochMs);
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

test("a token that is revoked while its body is on the way does nothing, whatever it asks for", async () => {
  expect(operations.length).toBeGreaterThan(7);
  const begun: { readonly id: string; readonly token: string; readonly connection: RawConnection }[] = [];
  for (const { path, method, operation } of operations) {
    const token = await furnished.server.token(SCOPES, { user: "anna" });
    const [recipe] = await furnished.recipeFor(operation.id);
    const filled = path.replace(/:(\w+)/g, (_, name) => recipe?.parameters?.[name] ?? "");
    const body = JSON.stringify(recipe?.body);
    const lines = [`Authorization: Bearer ${token}`, `Content-Length: ${body.length}`];
    const connection = await RawConnection.open(furnished.server.origin);
    const authorised = lookedUp(token);
    connection.send(requestText(`${method} ${filled}`, lines, body.slice(0, -1)));
    await authorised;
    begun.push({ id: operation.id, token, connection });
  }
  await revoke(begun.map(({ token }) => token));
  for (const { id, connection } of begun) {
    connection.send("}");
    const { status, body } = await connection.answer();
    expect({ id, status, code: JSON.parse(body).error_code }).toEqual({ id, status: 401, code: 7005 });
    connection[Symbol.dispose]();
  }
});
