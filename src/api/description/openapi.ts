import { z } from "zod";
import packageJson from "../../../package.json" with { type: "json" };
import { API_ERRORS, type ApiErrorName } from "../errors.ts";
import { bearerUse, type Operation, type Success } from "../operation.ts";
import type { Route } from "../routes.ts";
import { byStatus, errorsOf } from "./failures.ts";
import { type JsonSchema, Schemas } from "./schemas.ts";

/** Any OpenAPI document, or a part of it. */
export type OpenApi = Readonly<Record<string, unknown>>;

const ERROR = z
  .object({ error_code: z.int(), error_message: z.string() })
  .meta({ id: "Error", description: "Every error, on every route." });

/** Describes every route in OpenAPI 3.1, from the schemas that parse; without `servers`, which differ by reader. */
export function openApi(routes: readonly Route[]): OpenApi {
  const schemas = new Schemas();
  const paths = Object.fromEntries(
    routes.map((route) => [
      templateOf(route.path),
      Object.fromEntries(
        Object.entries(route.methods).map(([method, operation]) => [
          method.toLowerCase(),
          describe(route, operation, schemas),
        ]),
      ),
    ]),
  );
  const groups = routes.flatMap(({ methods }) => Object.values(methods).map(({ group }) => group));
  return {
    openapi: "3.1.1",
    info: {
      title: "Heartwire",
      version: packageJson.version,
      summary: packageJson.description,
      description:
        "Sockets are described in full in `/asyncapi.json`. A cookie never authorises anything here; pages of other origins may call what lies below `/api/`, `/v1/api/` and `/.well-known/`.",
      license: { name: "MIT", identifier: "MIT" },
    },
    tags: [...new Set(groups)].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A token: a UUID of 36 characters." },
        query: {
          type: "apiKey",
          in: "query",
          name: "access_token",
          description: "The same token, on the few routes that name it, for those who cannot set a header.",
        },
        client: {
          type: "http",
          scheme: "basic",
          description: "An app's id and secret, here or as `client_id` and `client_secret` in the form.",
        },
        cookie: {
          type: "apiKey",
          in: "cookie",
          name: "heartwire.session_token",
          description:
            "A sign-in session; over https the name begins with `__Host-`. For pages of the same origin alone.",
        },
      },
      schemas: schemas.named,
    },
  };
}

/** The document's `servers`. @param origin the address under which the reader reaches this server */
export function openApiServers(origin: string): readonly OpenApi[] {
  return [{ url: origin }];
}

/** A path as OpenAPI and AsyncAPI write it: `/rooms/{roomId}`. */
export function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, "{$1}");
}

function describe(route: Route, operation: Operation, schemas: Schemas): OpenApi {
  const { id, group, summary, notes } = operation;
  return {
    operationId: id,
    tags: [group],
    summary,
    ...(notes === undefined ? {} : { description: notes }),
    security: securityOf(operation),
    parameters: [
      ...parametersIn("path", operation.path, schemas),
      ...parametersIn("query", operation.query, schemas),
    ],
    ...requestBody(operation, schemas),
    responses: {
      ...success(operation.success, schemas),
      ...others(operation, schemas),
      ...failures(errorsOf(route, operation), schemas),
    },
  };
}

function requestBody({ body, form }: Operation, schemas: Schemas): OpenApi {
  const content = {
    ...(body === undefined ? {} : { "application/json": { schema: schemas.taken(body) } }),
    ...(form === undefined ? {} : { "application/x-www-form-urlencoded": { schema: schemas.taken(form) } }),
  };
  return Object.keys(content).length === 0 ? {} : { requestBody: { required: true, content } };
}

/** In 3.1 a bearer's requirement may list what the token must hold. */
function securityOf({ token }: Operation): readonly OpenApi[] {
  if (token === "client") return [{ client: [] }, {}];
  if (token === "cookie") return [{ cookie: [] }];
  const use = bearerUse(token);
  if (use === undefined) return [];
  return [{ bearer: use.scopes }, ...(use.query ? [{ query: use.scopes }] : [])];
}

function parametersIn(
  place: "path" | "query",
  object: z.ZodObject | undefined,
  schemas: Schemas,
): readonly OpenApi[] {
  if (object === undefined) return [];
  const { properties = {}, required = [] } = schemas.taken(object) as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function success(answer: Success, schemas: Schemas): OpenApi {
  switch (answer.status) {
    case 101:
      return { 101: { description: "The connection is a WebSocket from here on; see `/asyncapi.json`." } };
    case 204:
      return { 204: { description: "Done." } };
    case 302:
      return {
        302: {
          description: "It is elsewhere.",
          headers: { Location: { schema: { type: "string", format: "uri-reference" } } },
        },
      };
    default:
      return {
        [answer.status]: { description: "All is well.", content: contentOf(answer.content, schemas) },
      };
  }
}

function contentOf(content: Readonly<Record<string, z.ZodType>>, schemas: Schemas): OpenApi {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema]) => [type, { schema: schemas.given(schema) }]),
  );
}

function others({ others: answers = {} }: Operation, schemas: Schemas): OpenApi {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { when, schema, type = "application/json" }]) => [
      status,
      {
        description: when,
        ...(schema === undefined ? {} : { content: contentOf({ [type]: schema }, schemas) }),
      },
    ]),
  );
}

function failures(names: readonly ApiErrorName[], schemas: Schemas): OpenApi {
  return Object.fromEntries(
    [...byStatus(names)].map(([status, rows]) => [
      status,
      {
        description: rows.map((name) => `${API_ERRORS[name].code}: ${API_ERRORS[name].when}`).join("\n\n"),
        content: {
          "application/json": {
            schema: schemas.given(ERROR),
            examples: Object.fromEntries(
              rows.map((name) => {
                const { code, message } = API_ERRORS[name];
                return [name, { value: { error_code: code, error_message: message } }];
              }),
            ),
          },
        },
      },
    ]),
  );
}
