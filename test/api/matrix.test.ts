import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Operation } from "../../src/api/operation.ts";
import { ROUTES } from "../../src/api/routes.ts";
import { bodyOf, type FurnishedServer, furnish, type Recipe } from "../support/description/recipes.ts";
import { type Caller, callersOf, OWNERS_BPM } from "../support/matrix/callers.ts";
import { ROWS, type Row } from "../support/matrix/rows.ts";
import { RawSocket } from "../support/rawSocket.ts";

/** Every route and socket against every kind of caller: what is not allowed by a row is refused. */
const OPERATIONS = ROUTES.flatMap(({ path, methods }) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method} ${path}`,
    method,
    path,
    operation,
  })),
);

let furnished: FurnishedServer;
let callers: readonly Caller[];

beforeAll(async () => {
  furnished = await furnish();
  callers = await callersOf(furnished);
});
afterAll(() => furnished.server[Symbol.asyncDispose]());

test("every route has a row, and every row a route", () => {
  expect(Object.keys(ROWS).sort()).toEqual(OPERATIONS.map(({ name }) => name).sort());
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Whom a recipe is asked by: somebody who was made for it in the place of whoever would be spent. */
function asking(recipe: Recipe, row: Row, caller: Caller): Caller {
  if (row.spends === undefined || recipe.token === undefined) return caller;
  return { ...caller, headers: { authorization: `Bearer ${recipe.token}` } };
}

async function ask({ method, path, operation }: Asked, recipe: Recipe, caller: Caller): Promise<Answer> {
  const filled = path.replace(/:(\w+)/g, (_, name) => recipe.parameters?.[name] ?? crypto.randomUUID());
  const query = [recipe.query, caller.query].filter((part) => part !== undefined).join("&");
  const target = `${filled}${query === "" ? "" : `?${query}`}`;
  const headers = { ...recipe.headers, ...caller.headers, ...cookiesOf(recipe, caller) };
  if (operation.success.status === 101) return await connect(target, headers);
  const response = await fetch(`${furnished.server.origin}${target}`, {
    method,
    headers,
    redirect: "manual",
    ...bodyOf(recipe),
  });
  return { status: response.status, text: await response.text() };
}

/** Both: what the recipe needs beside what the caller brings. */
function cookiesOf(recipe: Recipe, caller: Caller): Readonly<Record<string, string>> {
  const cookies = [recipe.headers?.cookie, caller.headers.cookie].filter((cookie) => cookie !== undefined);
  return cookies.length === 0 ? {} : { cookie: cookies.join("; ") };
}

async function connect(target: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  using socket = await RawSocket.open(furnished.server.origin, target, lines);
  const { status, body } = socket.handshake;
  return { status, text: body };
}

/** A recipe that nobody has used. The first of them: the others differ in what is answered, not in who may ask. */
async function fresh({ operation }: Asked): Promise<Recipe> {
  return (await furnished.recipeFor(operation.id))[0] as Recipe;
}

function expectRefused({ status, text }: Answer, code: number): void {
  expect({ status, ...JSON.parse(text) }).toEqual({
    status: 401,
    error_code: code,
    error_message: expect.any(String),
  });
}

function expectStranger({ status, text }: Answer, { stranger }: Row, { operation }: Asked): void {
  if (stranger === "own") {
    expect(status).toBe(operation.success.status);
    expect(text).not.toMatch(new RegExp(`anna|\\b${OWNERS_BPM}\\b`));
    return;
  }
  expect({ status, stranger: typeof stranger }).toEqual({ status: stranger as number, stranger: "number" });
}

describe.each(OPERATIONS.map((one) => [one.name, one] as const))("%s", (name, asked) => {
  const row = ROWS[name];
  if (row === undefined) return;

  test("is refused to everybody who may not, which changes nothing", async () => {
    const recipe = await fresh(asked);
    for (const caller of callers) {
      const verdict = caller.verdict(row);
      if (typeof verdict === "number") expectRefused(await ask(asked, recipe, caller), verdict);
      if (verdict === "stranger" && row.stranger !== "own" && !row.spends)
        expectStranger(await ask(asked, recipe, caller), row, asked);
    }
    const owner = { name: "the owner", headers: ownersHeaders(row), verdict: () => "in" as const };
    const { status } = await ask(asked, recipe, asking(recipe, row, owner));
    expect(status).toBe(asked.operation.success.status);
  });

  test("is open to everybody who may, each for what is theirs", async () => {
    for (const caller of callers) {
      const verdict = caller.verdict(row);
      if (verdict === "in") {
        const recipe = await fresh(asked);
        const { status } = await ask(asked, recipe, asking(recipe, row, caller));
        const isHidden = caller.deaf && status === row.hiddenFrom;
        if (!isHidden)
          expect({ caller: caller.name, status }).toEqual({
            caller: caller.name,
            status: asked.operation.success.status,
          });
      }
      if (verdict === "stranger" && row.stranger === "own")
        expectStranger(await ask(asked, await fresh(asked), caller), row, asked);
    }
  });
});

function ownersHeaders({ right }: Row): Readonly<Record<string, string>> {
  if (right === "anybody" || right === "cookie" || right === "app") return {};
  return { authorization: `Bearer ${right === "page" ? furnished.page.token : furnished.token}` };
}
