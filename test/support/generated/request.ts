/** A request that a property test made up. */
export interface GeneratedRequest {
  readonly method: string;
  readonly path: string;
  /** With its question mark; empty when there is none. */
  readonly query: string;
  readonly authorization?: string;
  readonly contentType?: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** The tokens that are known to a property test. */
export interface KnownTokens {
  readonly readAndWrite: readonly string[];
  readonly readOnly: string;
  readonly writeOnly: string;
  readonly expired: string;
  readonly revoked: string;
  /** Well formed, and never made. */
  readonly unknown: string;
}

export function sendGenerated(origin: string, request: GeneratedRequest): Promise<Response> {
  const headers = new Headers();
  if (request.authorization !== undefined) headers.set("authorization", request.authorization);
  if (request.contentType !== undefined) headers.set("content-type", request.contentType);
  return fetch(`${origin}${request.path}${request.query}`, {
    method: request.method,
    headers,
    ...(request.body === undefined || takesNoBody(request) ? {} : { body: request.body }),
  });
}

/** Methods with which `fetch` sends no body. */
export function takesNoBody({ method }: GeneratedRequest): boolean {
  return method === "GET" || method === "HEAD";
}
