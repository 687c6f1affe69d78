import { ApiError } from "../errors.ts";

/**
 * Reads `response_mode` from the query; the first of the modes is the default.
 *
 * @throws ApiError malformedRequest for a mode that the route does not have
 */
export function readResponseMode<Mode extends string>(
  url: string,
  modes: readonly [Mode, ...(readonly Mode[])],
): Mode {
  const start = url.indexOf("?");
  const asked = start < 0 ? null : new URLSearchParams(url.slice(start)).get("response_mode");
  if (asked === null || asked === "") return modes[0];
  const mode = modes.find((candidate) => candidate === asked);
  if (mode === undefined) {
    throw new ApiError("malformedRequest", { detail: `response_mode: expected one of ${modes.join(", ")}` });
  }
  return mode;
}
