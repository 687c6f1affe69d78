import { Command } from "commander";
import { type ApiCall, callApi } from "../apiCall.ts";
import { type ConnectionOptions, readConnection } from "../connection.ts";
import { UsageError } from "../failure.ts";

export const ROOMS = "api/heartwire/v1/rooms";

export const READING = {
  right: "see rooms",
  scopes: "data:room:read",
  refused: "The server refuses to show it.",
};

export const WRITING = {
  right: "change rooms",
  scopes: "data:room:write",
  refused: "The server refuses the change.",
};

export const WIDENING = {
  right: "let others hear this pulse",
  scopes: "data:room:write,data:heart_rate:read",
  refused: "The server refuses it.",
};

export type RoomFlags = ConnectionOptions & { readonly json?: boolean };

/** A subcommand whose help shows how it is called. */
export function example(name: string, words: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addHelpText("after", `\nExample:\n  $ npm run heartwire -- ${words}`);
}

export function call(flags: RoomFlags, api: ApiCall): Promise<unknown> {
  return callApi(readConnection(flags), api);
}

export function pathOf(room: string): string {
  return `${ROOMS}/${word(room)}`;
}

/** @throws UsageError for what is no word of a path: it would ask for something else */
export function word(text: string): string {
  if (!/^[\w-]+$/.test(text))
    throw new UsageError(`Expected an id of letters, digits and hyphens, got "${text}".`);
  return text;
}
