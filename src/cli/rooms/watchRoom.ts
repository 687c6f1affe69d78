import type { Command } from "commander";
import { ROOM_EVENT_KINDS } from "../../domain/roomEvents.ts";
import { readConnection } from "../connection.ts";
import { UsageError } from "../failure.ts";
import { say } from "../say.ts";
import { toSeenJsonLine } from "../seenText.ts";
import { untilInterrupted } from "../watching/interrupt.ts";
import { example, pathOf, READING, type RoomFlags, word } from "./calls.ts";
import { followRoom } from "./followRoom.ts";

/** `heartwire room watch`: what happens in a room, one JSON object a line, as the server's frames say it. */
export function watchRoom(): Command {
  return example(
    "watch",
    "room watch ROOM > room.ndjson",
    "Print what happens in a room, one JSON object a line.",
  )
    .argument("<room>", "the room's id")
    .option("--kinds <list>", "of what, separated by commas", ROOM_EVENT_KINDS.join(","))
    .action(watch);
}

async function watch(room: string, flags: RoomFlags & { readonly kinds: string }): Promise<void> {
  const connection = readConnection(flags);
  const kinds = readKinds(flags.kinds);
  const { signal, release } = untilInterrupted();
  try {
    await followRoom(connection, {
      look: { ...READING, method: "GET", path: pathOf(room) },
      socketPath: `api/v2/data/rooms/${word(room)}/real_time?kinds=${kinds.join(",")}`,
      signal,
      random: Math.random,
      onOpen: () => say(`Connected to ${connection.baseUrl.host}. Ctrl-C ends.`),
      onFrame: (frame) => void process.stdout.write(`${toSeenJsonLine(frame)}\n`),
      onLost: (reason) => say(`Not connected: ${reason}.`),
    });
  } finally {
    release();
  }
}

/** The server ignores a kind that it does not know; a person who mistypes one wants to hear of it. */
function readKinds(list: string): readonly string[] {
  const kinds = list.split(",").map((kind) => kind.trim());
  const known: readonly string[] = ROOM_EVENT_KINDS;
  if (!kinds.every((kind) => known.includes(kind))) {
    throw new UsageError(`--kinds: expected some of ${ROOM_EVENT_KINDS.join(",")}, separated by commas.`);
  }
  return kinds;
}
