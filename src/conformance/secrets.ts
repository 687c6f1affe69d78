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

/**
 * @param made ids of widgets that the server made for the kit
 * @param issued tokens and codes that it gave to the kit
 */
export function secretsOf(
  options: ConformanceOptions,
  made: readonly string[] = [],
  issued: readonly string[] = [],
): Secrets {
  const tokens = givenTokens(options).map(([, token]) => token);
  const { clientId, clientSecret } = options;
  const ofClient = clientSecret === undefined ? [] : [clientSecret, btoa(`${clientId}:${clientSecret}`)];
  return {
    tokens: [...tokens, ...ofClient, ...issued],
    widgets: [...(options.widget === undefined ? [] : [options.widget]), ...made].filter((id) =>
      UUID.test(id),
    ),
  };
}

/** @throws UnusableOptions when a token or an id is no UUID, or a client lacks its secret; what stands there is not repeated */
export function requireUuids(options: ConformanceOptions): void {
  const { widget, clientId, clientSecret, publicClientId } = options;
  const named = [
    ["the widget", widget],
    ["the client id", clientId],
    ["the client's secret", clientSecret],
    ["the client id of a public client", publicClientId],
  ] as const;
  const ids = named.flatMap(([name, id]) => (id === undefined ? [] : [[name, id] as const]));
  if ((clientId === undefined) !== (clientSecret === undefined)) {
    throw new UnusableOptions("The client id and the client's secret must be given together.");
  }
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
    .filter((secret) => secret.length >= SECRET_LENGTH_MIN)
    .reduce((left, secret) => left.replaceAll(new RegExp(patternOf(secret), "gi"), mark), text);
}

/** What is shorter is no secret, and may be a part of any text. */
const SECRET_LENGTH_MIN = 8;

/** A server under test may give out what is no UUID. */
function patternOf(secret: string): string {
  return secret.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("-", "-?");
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
