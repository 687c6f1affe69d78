/**
 * Tokens, profile ids and every other identifier that clients see are lower-case UUIDs (36 characters): clients
 * check that with a regular expression.
 */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return text.length === 36 && UUID.test(text);
}
