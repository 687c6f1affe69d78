import { html } from "hono/html";
import { errorsOf } from "../description/failures.ts";
import { templateOf } from "../description/openapi.ts";
import { type JsonSchema, Schemas } from "../description/schemas.ts";
import { API_ERRORS } from "../errors.ts";
import type { Group, Operation } from "../operation.ts";
import type { Route } from "../routes.ts";
import { type Html, page } from "./page.ts";
import { REFERENCE_STYLE } from "./referenceStyle.ts";
import { shapeOf } from "./shape.ts";

/** One operation, where it is. */
interface Entry {
  readonly route: Route;
  readonly method: string;
  readonly operation: Operation;
}

/**
 * Writes the reference of the API as a page: every route and every frame, from the schemas that parse. No script.
 *
 * @returns what answers with it, given the address under which the reader reaches this server
 */
export function referencePage(routes: readonly Route[]): (origin: string) => Promise<Response> {
  const entries = routes.flatMap((route) =>
    Object.entries(route.methods).map(([method, operation]) => ({ route, method, operation })),
  );
  const groups = [...Map.groupBy(entries, ({ operation }) => operation.group)];
  const written = content(groups);
  return (origin) =>
    page("Heartwire API", html`<div class="page">${header(origin)}${written}</div>`, REFERENCE_STYLE);
}

function header(origin: string): Html {
  return html`<header>
<h1>Heartwire API</h1>
<p>Served at <code>${origin}</code>. The same as documents for programs: <a href="/openapi.json">openapi.json</a>,
<a href="/asyncapi.json">asyncapi.json</a> for the sockets.</p>
<p class="quiet">A token goes into the header <code>Authorization: Bearer …</code>. Every error has a JSON body:
<code>{"error_code":7005,"error_message":"token_not_found"}</code>.</p>
</header>`;
}

function content(groups: readonly (readonly [Group, readonly Entry[]])[]): Html {
  return html`<nav aria-label="Routes">${groups.map(
    ([group, members]) =>
      html`<h2>${group}</h2><ul>${members.map(
        ({ operation }) => html`<li><a href="#${operation.id}">${operation.summary}</a></li>`,
      )}</ul>`,
  )}</nav>
<main>
${groups.map(([group, members]) => html`<section><h2>${group}</h2>${members.map(article)}</section>`)}
</main>`;
}

function article({ route, method, operation }: Entry): Html {
  const { id, summary, notes, path, query, body, form } = operation;
  return html`<article id="${id}">
<h3>${summary}</h3>
<p class="call"><b>${operation.success.status === 101 ? "SOCKET" : method}</b> ${templateOf(route.path)}</p>
${notes === undefined ? "" : html`<p>${withCode(notes)}</p>`}
<p class="quiet">${rightOf(operation)}</p>
${path === undefined ? "" : shapeBlock("In the path", path, "taken")}
${query === undefined ? "" : shapeBlock("In the query", query, "taken")}
${body === undefined ? "" : shapeBlock("Body", body, "taken")}
${form === undefined ? "" : shapeBlock("Form", form, "taken")}
${answers(operation)}
<details><summary>What can go wrong</summary>
<table><thead><tr><th>Status</th><th>Code</th><th>Message, and when</th></tr></thead><tbody>${errorsOf(
    route,
    operation,
  ).map((name) => {
    const { status, code, message, when } = API_ERRORS[name];
    return html`<tr><td>${status}</td><td>${code}</td><td><code>${message}</code><p>${withCode(when)}</p></td></tr>`;
  })}</tbody></table></details>
</article>`;
}

/** What stands between backticks is code. */
function withCode(text: string): readonly (string | Html)[] {
  return text.split("`").map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`));
}

const RIGHTS = {
  none: "Asked without a token.",
  cookie: "For pages of this server, by the cookie of a sign-in session.",
  client: "Asked by an app, with its id and secret.",
  session: "For pages of this server, by their ten-minute token.",
} as const;

function rightOf({ token }: Operation): string {
  if (typeof token === "string") return RIGHTS[token];
  const scopes = token.scopes.length === 0 ? "Any token." : `A token with ${token.scopes.join(" and ")}.`;
  return token.query ? `${scopes} It may be the query's access_token.` : scopes;
}

function answers({ success }: Operation): Html | readonly Html[] {
  switch (success.status) {
    case 101:
      return success.frames.map(({ when, schema }) => shapeBlock(`Frame when ${when}`, schema, "given"));
    case 204:
    case 302:
      return html`<h4>Answer ${success.status}, without a body</h4>`;
    default:
      return Object.entries(success.content).map(([type, schema]) =>
        shapeBlock(`Answer ${success.status}, ${type}`, schema, "given"),
      );
  }
}

function shapeBlock(title: string, schema: Parameters<Schemas["given"]>[0], side: "given" | "taken"): Html {
  const schemas = new Schemas();
  const written: JsonSchema = schemas[side](schema);
  return html`<h4>${withCode(title)}</h4><pre>${shapeOf(written, schemas.named)}</pre>`;
}
