import { z } from "zod";

/** A JSON Schema (2020-12), as OpenAPI 3.1 and AsyncAPI 3 both take it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Formats that say all that zod's long patterns do. */
const KNOWN_FORMATS = ["uuid", "date-time"];

/**
 * Writes zod schemas as JSON Schema and gathers those that have a name, so that a document says each of them once,
 * below `components.schemas`.
 */
export class Schemas {
  readonly #named = new Map<string, JsonSchema>();

  /** What is sent to the server: a field with a default may be left out. */
  taken(schema: z.ZodType): JsonSchema {
    return this.#write(schema, "input");
  }

  /** What the server sends. */
  given(schema: z.ZodType): JsonSchema {
    return this.#write(schema, "output");
  }

  /** The schemas with names that were written so far, by name. */
  get named(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.#named].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #write(schema: z.ZodType, io: "input" | "output"): JsonSchema {
    const {
      $schema: _,
      $defs,
      ...written
    } = rename(
      z.toJSONSchema(schema, {
        io,
        override: ({ jsonSchema }) => {
          if (KNOWN_FORMATS.includes(jsonSchema.format ?? "")) delete jsonSchema.pattern;
        },
      }),
    ) as Record<string, unknown>;
    for (const [name, definition] of Object.entries($defs ?? {}))
      this.#named.set(name, definition as JsonSchema);
    return written;
  }
}

/** Points references at the place where the documents keep their schemas, and drops zod's own id beside a name. */
function rename(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rename);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(
    ([name, inner]) => !(name === "id" && typeof inner === "string"),
  );
  return Object.fromEntries(
    entries.map(([name, inner]) => [
      name,
      name === "$ref" ? String(inner).replace("#/$defs/", "#/components/schemas/") : rename(inner),
    ]),
  );
}
