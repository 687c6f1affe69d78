import type { z } from "zod";
import { authorise, type TokenDemand } from "../auth/bearer.ts";
import type { Call } from "./context.ts";
import { ApiError } from "./errors.ts";

const UTF_8 = new TextDecoder("utf-8", { fatal: true });

/** How long after its end an expired token may still be used, as SECURITY.md promises. */
const EXPIRED_USE_MS_MAX = 1_000;

/**
 * Reads the JSON body of a call that a token opened, and checks it against a schema. A body may be slow: when some token
 * was revoked meanwhile, or it took more than a second, in which the call's own may have expired, that is looked at again; one that
 * ended opens nothing any more.
 *
 * @param use where the call's token may stand
 * @throws ApiError malformedRequest that names the field, or bodyTooLarge; TokenRefused
 */
export async function readAuthorisedJson<Schema extends z.ZodType>(
  { request, context, tokenRevision, arrivedAt }: Call,
  schema: Schema,
  { query }: Pick<TokenDemand, "query">,
): Promise<z.output<Schema>> {
  const body = await readJson(request, schema, context.limits.bodyBytesMax);
  const now = context.clock();
  if (context.verifier.revision !== tokenRevision || now - arrivedAt > EXPIRED_USE_MS_MAX) {
    await authorise(request, { query }, context.verifier, now);
  }
  return body;
}

/**
 * Reads a JSON body and checks it against a schema. The declared content type is not looked at.
 *
 * @throws ApiError malformedRequest that names the field, or bodyTooLarge
 */
export async function readJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  bodyBytesMax: number,
): Promise<z.output<Schema>> {
  const bytes = await readBytes(request, bodyBytesMax);
  if (bytes.byteLength === 0) throw malformed("body: expected a JSON object, got nothing");
  const parsed = schema.safeParse(parseJson(decode(bytes)));
  if (parsed.success) return parsed.data;
  throw malformed(describe(parsed.error));
}

/** Reads a body as it is. @throws ApiError bodyTooLarge */
export function readBytes(request: Request, bodyBytesMax: number): Promise<Uint8Array> {
  return isDeclared(request, bodyBytesMax) ? request.bytes() : readChunks(request, bodyBytesMax);
}

/** Says whether the length of the body is declared, and refuses one that is over the limit before a byte is read. */
function isDeclared(request: Request, bodyBytesMax: number): boolean {
  const declared = request.headers.get("content-length");
  if (declared === null) return false;
  if (Number(declared) > bodyBytesMax) throw new ApiError("bodyTooLarge");
  return true;
}

/** Reads a body of unknown length up to the limit. */
async function readChunks(request: Request, bodyBytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > bodyBytesMax) throw new ApiError("bodyTooLarge");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF_8.decode(bytes);
  } catch {
    throw malformed("body: expected UTF-8");
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed("body: expected JSON");
  }
}

/** Names the first field that is wrong, and what was expected of it. Values are not repeated. */
function describe(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return "body: expected something else";
  const field = issue.path.length === 0 ? "body" : issue.path.join(".");
  return `${field}: ${issue.message}`;
}

function malformed(detail: string): ApiError {
  return new ApiError("malformedRequest", { detail });
}
