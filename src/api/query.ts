import { z } from "zod";
import { ApiError } from "./errors.ts";

/**
 * Reads the parameters that a schema names from an address; of one that is given several times the first counts, and
 * an empty one counts as not given.
 *
 * @throws ApiError malformedRequest that names the parameter and what was expected
 */
export function readQuery<Schema extends z.ZodObject>(url: string, schema: Schema): z.output<Schema> {
  const start = url.indexOf("?");
  const given = new URLSearchParams(start < 0 ? "" : url.slice(start));
  const values = Object.keys(schema.shape).map((name) => [name, given.get(name) || undefined]);
  const parsed = schema.safeParse(Object.fromEntries(values));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ApiError("malformedRequest", {
    detail: `${issue?.path.join(".")}: ${issue?.message ?? "expected something else"}`,
  });
}

/** A parameter with a few values, the first of which is the default. */
export function choice<const Choices extends readonly [string, ...string[]]>(choices: Choices) {
  return z.enum(choices, { error: `expected one of ${choices.join(", ")}` }).default(choices[0] as never);
}
