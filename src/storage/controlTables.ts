import type { Generated } from "kysely";
import type { Sex } from "../domain/body.ts";

/** The control data as Kysely sees it; made by the files in migrations/. Times are Unix milliseconds. */
export interface ControlTables {
  readonly profile: {
    readonly id: Generated<number>;
    readonly public_id: string;
    readonly name: string;
    readonly created_at: number;
    readonly channel: string | null;
    readonly login: string | null;
    readonly username: string | null;
    /** A day of the calendar, such as 1990-05-31. */
    readonly birth_date: string | null;
    readonly sex: Sex | null;
    readonly weight_kilograms: number | null;
  };
  readonly room: {
    readonly id: Generated<number>;
    readonly public_id: string;
    readonly owner_id: number;
    /** A JSON object. */
    readonly configuration: string;
    readonly created_at: number;
  };
  readonly room_member: {
    readonly id: Generated<number>;
    readonly room_id: number;
    readonly profile_id: number;
    /** A JSON object. */
    readonly configuration: string;
    readonly joined_at: number;
  };
  readonly widget: {
    readonly id: Generated<number>;
    readonly public_id: string;
    readonly profile_id: number;
    readonly meta_id: string;
    readonly name: string;
    /** A JSON object. */
    readonly configuration: string;
    readonly created_at: number;
  };
  readonly widget_link: {
    readonly id: Generated<number>;
    readonly widget_id: number;
    readonly token_id: number | null;
    readonly opened_at: number;
  };
  readonly room_invitation: {
    readonly id: Generated<number>;
    readonly room_id: number;
    /** SHA-256 of the code in lower-case hexadecimal. */
    readonly code_hash: string;
    readonly created_at: number;
    readonly expires_at: number;
    readonly token_id: number | null;
  };
  readonly access_token: {
    readonly id: Generated<number>;
    readonly hash: string;
    readonly profile_id: number | null;
    readonly client_id: string;
    /** Scopes separated by spaces. */
    readonly scopes: string;
    readonly label: string | null;
    readonly created_at: number;
    readonly expires_at: number | null;
    readonly revoked_at: number | null;
  };
}
