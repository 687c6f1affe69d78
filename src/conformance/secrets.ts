import { type ConformanceOptions, UnusableOptions } from "./options.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The tokens that the kit was given, each with the name that people know it by. */
function givenTokens(options: ConformanceOptions): readonly (readonly [name: string, token: string])[] {
  const named = [
    ["the read token", options.readToken],
    ["the write token", options.writeToken],
    ...(options.tokens ?? []).map((token) => ["a token", token] as const),
    ["the expired token", options.expiredToken],
    ["the token that expires soon", options.expiringToken],
    ["the token to revoke", options.revocableToken],
    ["the token of a user without readings", options.emptyToken],
    ["the token of a server", options.serverToken],
  ] as const;
  return named.flatMap(([name, token]) => (token === undefined ? [] : [[name, token]]));
}

/** What must not be read in a report. */
export interface Secrets {
  readonly tokens: readonly string[];
  /** Of widgets: by one whose link is open anybody hears the pulse. Those that are no UUID stay. */
  readonly widgets: readonly string[];
}

/** @param made ids of widgets that the server made for the kit */
export function secretsOf(options: ConformanceOptions, made: readonly string[] = []): Secrets {
  const tokens = givenTokens(options).map(([, token]) => token);
  return { tokens, widgets: options.widget === undefined ? made : [options.widget, ...made] };
}

/** @throws UnusableOptions when a token or the id of the widget is no UUID; what stands there is not repeated */
export function requireUuids(options: ConformanceOptions): void {
  const { widget } = options;
  const ids = widget === undefined ? [] : [["the widget", widget] as const];
  for (const [name, id] of [...givenTokens(options), ...ids]) {
    if (!UUID.test(id)) throw new UnusableOptions(`${capital(name)} is not a UUID of 36 characters.`);
  }
}

/** Takes secrets out of a text that is shown to others, in capitals and without their dashes too. */
export function redact(text: string, { tokens, widgets }: Secrets): string {
  return without(without(text, tokens, "<token>"), widgets, "<widget>");
}

function without(text: string, secrets: readonly string[], mark: string): string {
  return secrets
    .filter((secret) => UUID.test(secret))
    .reduce((left, secret) => left.replaceAll(new RegExp(secret.replaceAll("-", "-?"), "gi"), mark), text);
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
