import { expect } from "bun:test";

export interface ExpectedError {
  readonly status: number;
  readonly code: number;
  readonly message?: string;
  /** The whole of `WWW-Authenticate`; null when the header must not be there. */
  readonly challenge?: string | null;
  /** Whether pages of other origins may read it; true when absent. */
  readonly otherOrigins?: boolean;
}

/** Checks that an answer is an error as every route under `/api/` says it. */
export async function expectError(response: Response, expected: ExpectedError): Promise<void> {
  const text = await response.text();
  expect({ status: response.status, text }).toEqual({ status: expected.status, text: expect.any(String) });
  expect(response.headers.get("content-type")).toBe("application/json");
  const readable = expected.otherOrigins ?? true;
  expect(response.headers.get("access-control-allow-origin")).toBe(readable ? "*" : null);
  const body = JSON.parse(text) as Record<string, unknown>;
  expect(body).toEqual({ error_code: expected.code, error_message: expect.any(String) });
  if (expected.message !== undefined) expect(body.error_message).toBe(expected.message);
  if (expected.challenge !== undefined) {
    expect(response.headers.get("www-authenticate")).toBe(expected.challenge);
  }
}

/** Checks that a write was accepted exactly as the wire text says. */
export async function expectAccepted(response: Response): Promise<void> {
  expect({ status: response.status, body: await response.text() }).toEqual({ status: 200, body: "{}" });
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
}

/** The errors that have to do with tokens, as section 3 of the wire text lists them. */
export const TOKEN_ERRORS = {
  missing: {
    status: 401,
    code: 7009,
    message: "error_authorization_header_is_not_present",
    challenge: "Bearer",
  },
  malformed: {
    status: 401,
    code: 7010,
    message: "error_authorization_header_has_wrong_format",
    challenge: 'Bearer error="invalid_token"',
  },
  otherScheme: {
    status: 401,
    code: 7010,
    message: "error_authorization_header_has_wrong_format",
    challenge: "Bearer",
  },
  unknown: {
    status: 401,
    code: 7005,
    message: "token_not_found",
    challenge: 'Bearer error="invalid_token"',
  },
  expired: {
    status: 401,
    code: 7006,
    message: "token_expired",
    challenge: 'Bearer error="invalid_token"',
  },
} as const satisfies Record<string, ExpectedError>;

/** A token that lacks the scope of a route (RFC 6750 section 3.1). */
export function scopeError(scope: string): ExpectedError {
  return {
    status: 401,
    code: 7011,
    message: "error_invalid_scope",
    challenge: `Bearer error="insufficient_scope", scope="${scope}"`,
  };
}
