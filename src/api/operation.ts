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
  readonly success: Success;
  /** Other answers that are no errors of the table, by status. */
  readonly others?: Readonly<Record<number, { readonly when: string; readonly schema: z.ZodType }>>;
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
  | "Server";

/** `none`: it is asked without a token. Otherwise the scopes that the token must hold, all of them. */
export type TokenUse =
  | "none"
  | {
      readonly scopes: readonly Scope[];
      /** Whether the query's `access_token` is read beside the Authorization header. */
      readonly query: boolean;
    };

/** What is answered when all is well, by content type; or the frames of the socket that the request becomes. */
export type Success =
  | { readonly status: 200; readonly content: Readonly<Record<string, z.ZodType>> }
  | { readonly status: 204 | 302 }
  | { readonly status: 101; readonly frames: readonly Frame[] };

/** A text frame from the server. */
export interface Frame {
  readonly name: string;
  readonly when: string;
  readonly schema: z.ZodType;
}
