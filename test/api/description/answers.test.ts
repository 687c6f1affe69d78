import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Ajv2020, type AnySchema, type AnySchemaObject } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { templateOf } from "../../../src/api/description/openapi.ts";
import type { Operation } from "../../../src/api/operation.ts";
import { ROUTES } from "../../../src/api/routes.ts";
import {
  bodyOf,
  type FurnishedServer,
  furnish,
  type Recipe,
  requestOf,
} from "../../support/description/recipes.ts";
import { bearer } from "../../support/requests.ts";

/** The running server beside its own description: every operation is called, and what it answers is what it said. */
interface Described {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: AnySchema }>> }>
  >;
}

let furnished: FurnishedServer;
let paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
let ajv: Ajv2020;

beforeAll(async () => {
  furnished = await furnish();
  const response = await fetch(`${furnished.server.origin}/openapi.json`);
  const document = (await response.json()) as AnySchemaObject & { readonly paths: typeof paths };
  ajv = new Ajv2020({ strict: false });
  addFormats(ajv);
  ajv.addSchema(document, "openapi");
  paths = document.paths;
});
afterAll(() => furnished.server[Symbol.asyncDispose]());

const operations = ROUTES.flatMap(({ path, methods }) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** Sends a recipe: with what its operation asks for, or with another token, or with none. */
function call(
  path: string,
  method: string,
  operation: Operation,
  recipe: Recipe,
  token?: string | "none",
): Promise<Response> {
  const filled = path.replace(/:(\w+)/g, (_, name) => recipe.parameters?.[name] ?? crypto.randomUUID());
  return fetch(`${furnished.server.origin}${filled}${recipe.query === undefined ? "" : `?${recipe.query}`}`, {
    method,
    redirect: "manual",
    ...(token === undefined
      ? requestOf(furnished, operation, recipe)
      : { headers: token === "none" ? {} : bearer(token), ...bodyOf(recipe) }),
  });
}

/** Finds what is wrong with an answer by the description of its operation. */
async function findFault(path: string, method: string, response: Response): Promise<string | undefined> {
  const described = paths[templateOf(path)]?.[method.toLowerCase()]?.responses[response.status];
  if (described === undefined) return `${response.status} is not described`;
  const text = await response.text();
  if (described.content === undefined) return text === "" ? undefined : "a body where none is described";
  const type = (response.headers.get("content-type") ?? "").split(";")[0] as string;
  const schema = described.content[type]?.schema;
  if (schema === undefined) return `${type} is not described`;
  const isValid = ajv.compile(pointedAt(schema));
  const value = type === "application/json" ? JSON.parse(text) : text;
  return isValid(value) ? undefined : `${ajv.errorsText(isValid.errors)} in ${text.slice(0, 300)}`;
}

/** References in the document are within it. */
function pointedAt(schema: AnySchema): AnySchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/'));
}

describe.each(operations.map((one) => [`${one.method} ${one.path}`, one] as const))("%s", (_, one) => {
  const { path, method, operation } = one;

  if (operation.success.status !== 101) {
    test("answers what it says it answers, in every content type that it names", async () => {
      const types = new Set<string>();
      for (const recipe of await furnished.recipeFor(operation.id)) {
        const response = await call(path, method, operation, recipe);
        expect({ status: response.status }).toEqual({ status: operation.success.status });
        types.add((response.headers.get("content-type") ?? "").split(";")[0] as string);
        expect(await findFault(path, method, response)).toBeUndefined();
      }
      expect([...types].sort()).toEqual(contentTypes(operation));
    });
  }

  test("describes what it answers without a token, with an unknown one, and with one that may nothing", async () => {
    const powerless = await furnished.server.token(["profile:create"], { user: "anna" });
    for (const token of ["none", crypto.randomUUID(), powerless]) {
      for (const recipe of await furnished.recipeFor(operation.id)) {
        const response = await call(path, method, operation, recipe, token);
        expect(await findFault(path, method, response)).toBeUndefined();
      }
    }
  });

  test("describes what it answers to a body, a path and a query that make no sense", async () => {
    for (const recipe of await furnished.recipeFor(operation.id)) {
      const wrong: readonly Recipe[] = [
        { ...recipe, parameters: {} },
        { ...recipe, query: "response_mode=x&time_range=x&kinds=x" },
        ...(operation.body === undefined
          ? []
          : [
              { ...recipe, body: [] },
              { ...recipe, body: "x".repeat(20_000) },
            ]),
        ...(operation.form === undefined
          ? []
          : [
              { ...recipe, form: {} },
              { ...recipe, form: { x: "x".repeat(20_000) } },
            ]),
      ];
      for (const attempt of wrong) {
        const response = await call(path, method, operation, attempt);
        expect(await findFault(path, method, response)).toBeUndefined();
      }
    }
  });
});

function contentTypes({ success }: Operation): string[] {
  return "content" in success ? Object.keys(success.content).sort() : [""];
}
