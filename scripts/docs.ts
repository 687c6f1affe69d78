// Writes the pages of docs/ that are made from tables in the code: npm run docs.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { API_ERRORS } from "../src/api/errors.ts";
import { OAUTH_ERRORS, type OAuthErrorRow } from "../src/api/oauth/oauthErrors.ts";
import { LIMITS } from "../src/settings/limits.ts";
import { CLIENT_ENVIRONMENT, SETTINGS, type Setting } from "../src/settings/table.ts";

interface Page {
  /** The page's path in the checkout. */
  readonly path: string;
  readonly text: string;
}

/** Every generated page, as it should be. A test compares them with the files. */
export function generatedPages(): readonly Page[] {
  return [
    { path: "docs/settings.md", text: settingsPage() },
    { path: "docs/limits.md", text: limitsPage() },
    { path: "docs/errors.md", text: errorsPage() },
  ];
}

function settingsPage(): string {
  const settings = Object.values<Setting<unknown>>(SETTINGS).map(
    ({ environment, flag, defaultText, description, choices }) => [
      `\`${environment}\``,
      `\`${flag}\``,
      choices === undefined ? "" : choices.map((word) => `\`${word}\``).join(", "),
      defaultText,
      description,
    ],
  );
  const client = Object.entries(CLIENT_ENVIRONMENT).map(([name, meaning]) => [`\`${name}\``, meaning]);
  return page("Settings", "src/settings/table.ts", [
    "Every setting is a flag of `serve` and a name in the environment. A flag wins over the environment, which wins",
    "over the default; an empty name in the environment counts as not set. A name that starts with `HEARTWIRE_` and is",
    "not listed here is an error that suggests the nearest one.",
    "",
    ...table(["environment", "flag", "one of", "default", "what it does"], settings),
    "",
    "## Where the log goes",
    "",
    "The log goes to stderr of `serve`, one JSON object a line (pino's: `level` 20 is debug, 30 info, 40 warn, 50 error; `time` in Unix",
    "ms). Sentences for the person at the terminal stand among them as plain lines. stdout stays empty, and no log file is written: a",
    "service manager keeps stderr, or `2>> heartwire.log` does.",
    "",
    "## For the commands that talk to a server",
    "",
    ...table(["environment", "what it is"], client),
  ]);
}

function limitsPage(): string {
  const limits = Object.entries(LIMITS).map(([name, { value, unit, meaning }]) => [
    `\`${name}\``,
    value.toLocaleString("en"),
    unit,
    meaning,
  ]);
  return page("Limits", "src/settings/limits.ts", [
    "What the server takes before it says no. They are part of the program: none has a flag yet.",
    "",
    ...table(["limit", "value", "unit", "what it means"], limits),
  ]);
}

function errorsPage(): string {
  const errors = Object.values(API_ERRORS).map(({ status, code, message, challenge, when }) => [
    String(status),
    String(code),
    `\`${message}\``,
    challengeText(challenge),
    when,
  ]);
  return page("Errors", "src/api/errors.ts", [
    "Every error has a JSON body, on every route; only what the HTTP parser itself refuses has none.",
    "",
    "```json",
    '{"error_code":7005,"error_message":"token_not_found"}',
    "```",
    "",
    "`error_code` is a number. Codes 6xxx and 7xxx are Pulsoid's; 8xxx are ours, where Pulsoid documents none. A 400",
    "with code 8001 carries a message of its own that names the field and what was expected. Beside",
    "`insufficient_scope` stands the scope that is missing.",
    "",
    ...table(["status", "code", "message", "WWW-Authenticate", "when"], errors),
    "",
    "## Below /oauth2/",
    "",
    "What the authorization server refuses is told in the words of RFC 6749, in a body or in the address to which an app is sent back.",
    "A description may say more than the one here, such as which parameter is wrong. What comes before it (a path that is not there, a",
    "method, a host, a body that is too large, a fault of the server) is told as above.",
    "",
    "```json",
    '{"error":"invalid_client","error_description":"the client is unknown or its secret is wrong"}',
    "```",
    "",
    ...table(["status", "error", "error_description", "when"], oauthErrors()),
  ]);
}

function oauthErrors(): readonly (readonly string[])[] {
  return Object.values<OAuthErrorRow>(OAUTH_ERRORS).map(({ status, error, description, when }) => [
    String(status),
    `\`${error}\``,
    description === undefined ? "none" : `\`${description}\``,
    when,
  ]);
}

function challengeText(challenge: string | null | undefined): string {
  if (challenge === undefined) return "";
  return challenge === null ? "`Bearer`" : `\`Bearer error="${challenge}"\``;
}

function page(title: string, source: string, lines: readonly string[]): string {
  const note = `<!-- Made from ${source} by "npm run docs". Change that file, not this one. -->`;
  return `${[`# ${title}`, "", note, "", ...lines].join("\n")}\n`;
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [headings, headings.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`);
}

/** A pipe would end the cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

if (import.meta.main) {
  for (const { path, text } of generatedPages()) {
    writeFileSync(join(import.meta.dir, "..", path), text);
    console.error(`Wrote ${path}.`);
  }
}
