import type { JsonSchema } from "../description/schemas.ts";

const INDENT = "  ";

/**
 * Writes a JSON Schema as a person reads it: the shape of the JSON, with a type for each value and what is said of it
 * behind it.
 *
 * @param named what references in the schema mean, by name
 */
export function shapeOf(schema: JsonSchema, named: Readonly<Record<string, JsonSchema>>, depth = 0): string {
  const reference = /^#\/components\/schemas\/(.+)$/.exec(String(schema.$ref ?? ""))?.[1];
  if (reference !== undefined) return shapeOf(named[reference] ?? {}, named, depth);
  if (Array.isArray(schema.anyOf)) {
    return schema.anyOf.map((one: JsonSchema) => shapeOf(one, named, depth)).join(" or ");
  }
  if ("const" in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  if (schema.type === "array") return `[${shapeOf((schema.items ?? {}) as JsonSchema, named, depth)}, …]`;
  if (schema.type === "object") return objectShape(schema, named, depth);
  return scalar(schema);
}

function objectShape(schema: JsonSchema, named: Readonly<Record<string, JsonSchema>>, depth: number): string {
  const properties = Object.entries((schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>);
  if (properties.length === 0) return schema.additionalProperties === false ? "{}" : "{ … }";
  const required = (schema.required ?? []) as readonly string[];
  const lines = properties.map(([name, value], index) => {
    const optional = required.includes(name) ? "" : "?";
    const comma = index === properties.length - 1 ? "" : ",";
    const said =
      value.description === undefined ? "" : `  // ${String(value.description).replaceAll("`", "")}`;
    return `${INDENT.repeat(depth + 1)}${name}${optional}: ${shapeOf(value, named, depth + 1)}${comma}${said}`;
  });
  return ["{", ...lines, `${INDENT.repeat(depth)}}`].join("\n");
}

function scalar({ type, format, minimum, maximum, default: usual }: JsonSchema): string {
  const kind = String(format ?? type ?? "anything");
  const isBounded = (bound: unknown) =>
    typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  const from = isBounded(minimum) ? ` from ${minimum}` : "";
  const to = isBounded(maximum) ? ` up to ${maximum}` : "";
  return `${kind}${from}${to}${usual === undefined ? "" : `, ${JSON.stringify(usual)} when absent`}`;
}
