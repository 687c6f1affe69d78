export const WRITE_PATH = "/api/v1/data";
export const LATEST_PATH = "/api/v1/data/heart_rate/latest";
export const VALIDATE_PATH = "/api/v1/token/validate";

/** A moment of the past in which the tests measure. */
export const MOMENT = 1_709_312_400_000;

export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** Sends a body, as it is, to the write path. */
export function post(
  origin: string,
  body: string | Uint8Array<ArrayBuffer> | undefined,
  headers: Readonly<Record<string, string>>,
  query = "",
): Promise<Response> {
  return fetch(`${origin}${WRITE_PATH}${query}`, {
    method: "POST",
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

/** The body that the owner's document shows. */
export function readingBody(measuredAt: number, bpm: number): string {
  return JSON.stringify({ measured_at: measuredAt, data: { heart_rate: bpm } });
}

/** The latest reading of a token's user as the wire shows it; undefined when there is none. */
export async function latest(
  origin: string,
  token: string,
): Promise<{ readonly measured_at: number; readonly data: { readonly heart_rate: number } } | undefined> {
  const response = await fetch(`${origin}${LATEST_PATH}`, { headers: bearer(token) });
  if (response.status === 412) return undefined;
  if (response.status !== 200) throw new Error(`latest answered ${response.status}`);
  return (await response.json()) as never;
}
