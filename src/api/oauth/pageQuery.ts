import { z } from "zod";
import { type AuthorizationRequest, readAuthorization } from "../../auth/oauth/authorizationRequest.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import { mayAdopt } from "./adoption.ts";
import { describeRefusal } from "./oauthErrors.ts";

/** What the consent page was opened with. */
export const pageQuery = z
  .string({ error: "expected the query of /oauth2/authorize as text" })
  .describe("The query with which the app opened /oauth2/authorize, with or without its question mark");

/**
 * Reads once more what an app asks for: a page passes it on, and nothing that a page says is believed.
 *
 * @throws ApiError malformedRequest whose message names the parameter
 */
export async function readPageQuery(call: Call, query: string): Promise<AuthorizationRequest> {
  const read = await readAuthorization(call.context, new URLSearchParams(query), mayAdopt(call));
  if ("refusal" in read) throw new ApiError("malformedRequest", { detail: describeRefusal(read.refusal) });
  return read;
}
