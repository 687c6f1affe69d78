import type { z } from "zod";
import type { Scope } from "../domain/scopes.ts";
import type { Endpoint } from "./context.ts";
import type { ApiErrorName } from "./errors.ts";

/** What a route's method takes, does and answers. The API's description is made from it (see description/). */
export interface Operation {
  readonly answer: Endpoint;
  /** The operation's name in the description: camelCase, one of its kind. */
  readonly id: string;
  readonly group: Group;
  /** What it does, in one line. */
  readonly summary: string;
  /** What else there is to know, in sentences. */
  readonly notes?: string;
  readonly token: TokenUse;
  /** Parameters in the path, by their names there. */
  readonly path?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** A JSON body. */
  readonly body?: z.ZodType;
  /** A body of `application/x-www-form-urlencoded`, in place of a JSON one. */
  readonly form?: z.ZodObject;
  readonly success: Success;
  /** Other answers that are no errors of the table, by status. */
  readonly others?: Readonly<Record<number, OtherAnswer>>;
  /** What can go wrong beside what the token, the host and the method bring with them. */
  readonly errors?: readonly ApiErrorName[];
}

/** Operations of one group stand together in the description. */
export type Group =
  | "Heart rate"
  | "Statistics"
  | "Token"
  | "Profile"
  | "Widgets"
  | "Widget link"
  | "Rooms"
  | "OAuth"
  | "Signing in"
  | "Account"
  | "Server";

/**
 * Who may ask. `none`: anybody, without a token. `cookie`: a page of ours, by the cookie of a sign-in session; never below
 * `/api/`. `client`: an app, by its id and secret. `session`: a page of ours, by its ten-minute token, and no other token.
 * Otherwise the scopes that the token must hold, all of them.
 */
export type TokenUse =
  | "none"
  | "cookie"
  | "client"
  | "session"
  | {
      readonly scopes: readonly Scope[];
      /** Whether the query's `access_token` is read beside the Authorization header. */
      readonly query: boolean;
    };

/** Who may ask with a bearer token, and with which; undefined where none is asked for. */
export function bearerUse(
  token: TokenUse,
): { readonly scopes: readonly Scope[]; readonly query: boolean } | undefined {
  if (token === "session") return { scopes: [], query: false };
  return typeof token === "string" ? undefined : token;
}

/** What is answered when all is well, by content type; or the frames of the socket that the request becomes. */
export type Success =
  | { readonly status: 200; readonly content: Readonly<Record<string, z.ZodType>> }
  | { readonly status: 204 | 302 }
  | { readonly status: 101; readonly frames: readonly Frame[] };

export interface OtherAnswer {
  readonly when: string;
  /** Absent for an answer without a body, such as one that leads elsewhere. */
  readonly schema?: z.ZodType;
  /** The content type; JSON where none is named. */
  readonly type?: string;
}

/** A text frame from the server. */
export interface Frame {
  readonly name: string;
  readonly when: string;
  readonly schema: z.ZodType;
}
