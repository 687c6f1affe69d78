import fc from "fast-check";
import { LIVE_PATH } from "../rawSocket.ts";
import { LATEST_PATH, VALIDATE_PATH, WRITE_PATH } from "../requests.ts";
import { generatedBody } from "./bodies.ts";
import type { GeneratedRequest, KnownTokens } from "./request.ts";

/** What a header value may hold, and `fetch` does not trim. */
const headerText = fc.string({ unit: fc.constantFrom(..."abz019 -_=:,;\"'/\\{}.~"), maxLength: 60 });

/** Requests to every route and past it: valid ones, nearly valid ones, and nonsense. */
export function generatedRequest(tokens: KnownTokens): fc.Arbitrary<GeneratedRequest> {
  const token = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...tokens.readAndWrite) },
    fc.constantFrom(tokens.readOnly, tokens.writeOnly, tokens.expired, tokens.revoked, tokens.unknown),
    fc.uuid(),
  );
  const malformed = fc.oneof(
    fc.tuple(token, fc.nat(35)).map(([text, at]) => text.slice(0, at) + text.slice(at + 1)),
    fc.tuple(token, fc.nat(35)).map(([text, at]) => `${text.slice(0, at)}g${text.slice(at + 1)}`),
    token.map((text) => `${text}0`),
    headerText,
  );
  const authorization = fc.oneof(
    { weight: 12, arbitrary: token.map((text) => `Bearer ${text}`) },
    fc.tuple(fc.constantFrom("bearer", "BEARER", "BeArEr "), token).map((words) => words.join(" ")),
    fc.tuple(fc.constantFrom("Basic", "Token", "Digest", ""), token).map((words) => words.join(" ")),
    malformed.map((text) => `Bearer ${text}`),
    headerText,
  );
  const query = fc.oneof(
    { weight: 6, arbitrary: fc.constant("") },
    token.map((text) => `?access_token=${text}`),
    malformed.map((text) => `?access_token=${encodeURIComponent(text)}`),
    fc.tuple(token, token).map(([one, two]) => `?access_token=${one}&access_token=${two}`),
    fc.constantFrom("?", "?access_token", "?x=1", "?ACCESS_TOKEN=1", "?access_token=%ff%zz"),
    fc
      .constantFrom("json", "legacy_json", "text_plain_only_heart_rate", "xml")
      .map((mode) => `?response_mode=${mode}`),
  );
  const write = fc.record<GeneratedRequest>(
    {
      method: fc.constant("POST"),
      path: fc.constant(WRITE_PATH),
      query: fc.oneof({ weight: 9, arbitrary: fc.constant("") }, query),
      authorization,
      contentType: fc.constantFrom("application/json", "text/plain", "nonsense", "multipart/form-data"),
      body: generatedBody,
    },
    { requiredKeys: ["method", "path", "query"] },
  );
  const anything = fc.record<GeneratedRequest>(
    {
      method: fc.oneof(
        { weight: 4, arbitrary: fc.constant("GET") },
        fc.constantFrom("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"),
      ),
      path: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(WRITE_PATH, LATEST_PATH, LIVE_PATH, VALIDATE_PATH) },
        unknownPath,
      ),
      query,
      authorization,
      body: generatedBody,
    },
    { requiredKeys: ["method", "path", "query"] },
  );
  return fc.oneof({ weight: 3, arbitrary: write }, anything);
}

const unknownPath = fc
  .oneof(
    fc.constantFrom("", "/", "/v1", "/v1/data/", "/v1/Data", "/v1/data/heart_rate", "/v2/data", "//v1/data"),
    fc.webPath({ size: "small" }),
    fc.webPath({ size: "small" }).map((path) => `/v1/data${path}`),
  )
  .map((path) => `/api${path}`);
