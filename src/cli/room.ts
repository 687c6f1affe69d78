import { Command } from "commander";
import { addConnectionOptions } from "./connection.ts";
import {
  describeInvitation,
  describeRoom,
  describeWithdrawn,
  type RoomAnswer,
  readInvitation,
  readRoom,
  readRooms,
} from "./rooms/answers.ts";
import {
  call,
  example,
  pathOf,
  READING,
  ROOMS,
  type RoomFlags,
  WIDENING,
  WRITING,
  word,
} from "./rooms/calls.ts";
import { readConfiguration, readExpirySeconds } from "./rooms/options.ts";
import { watchRoom } from "./rooms/watchRoom.ts";
import { say } from "./say.ts";
import { toSeenJson } from "./seenText.ts";

/** `heartwire room`: rooms, by the caller's own token: nobody can add another person's pulse to one. */
export function roomCommand(): Command {
  const command = new Command("room")
    .description("Make and join rooms, whose members hear each other's pulse. Whoever's token it is acts.")
    .addHelpText(
      "after",
      "\nThe token needs data:room:read,data:room:write,data:heart_rate:read.\n" +
        '\nExample:\n  $ npm run heartwire -- room create --config \'{"name":"Race"}\'',
    );
  for (const one of [...seeing(), watchRoom(), ...changing(), ...inviting()])
    command.addCommand(addConnectionOptions(one));
  return command;
}

function seeing(): readonly Command[] {
  return [
    example("list", "room list", "List the rooms you are a member of.")
      .option("--json", "print a JSON array")
      .action(async (flags: RoomFlags) => {
        const rooms = readRooms(await call(flags, { ...READING, method: "GET", path: ROOMS }));
        if (flags.json) print(rooms);
        else if (rooms.length === 0) say("You are in no room. Make one with room create, or join one.");
        else for (const room of rooms) console.log(describeRoom(room));
      }),
    example("show", "room show ROOM", "Show a room and its members.")
      .argument("<room>", "the room's id")
      .option("--json", "print a JSON object")
      .action(async (room: string, flags: RoomFlags) => {
        tell(flags, readRoom(await call(flags, { ...READING, method: "GET", path: pathOf(room) })));
      }),
  ];
}

function changing(): readonly Command[] {
  return [
    example("create", "room create", "Make a room. You own it and are its first member.")
      .option("--config <json>", "the room's configuration, a JSON object")
      .option("--json", "print a JSON object")
      .action(async (flags: RoomFlags & { readonly config?: string }) => {
        const body = flags.config === undefined ? {} : { config: readConfiguration(flags.config) };
        tell(flags, readRoom(await call(flags, { ...WIDENING, method: "POST", path: ROOMS, body })));
      }),
    example(
      "configure",
      'room configure ROOM \'{"name":"Final"}\'',
      "Replace a room's configuration. For its owner.",
    )
      .argument("<room>", "the room's id")
      .argument("<json>", "a JSON object")
      .option("--json", "print a JSON object")
      .action(async (room: string, json: string, flags: RoomFlags) => {
        const body = { config: readConfiguration(json) };
        const path = `${pathOf(room)}/config`;
        tell(flags, readRoom(await call(flags, { ...WRITING, method: "PUT", path, body })));
      }),
    example(
      "configure-member",
      'room configure-member ROOM \'{"color":"red"}\'',
      "Replace your configuration in a room, or as its owner another member's.",
    )
      .argument("<room>", "the room's id")
      .argument("<json>", "a JSON object")
      .option("--member <profile_id>", "whose (default: yours)")
      .action(async (room: string, json: string, flags: RoomFlags & { readonly member?: string }) => {
        const body = { config: readConfiguration(json) };
        const path = `${pathOf(room)}/members/${word(flags.member ?? "me")}/config`;
        await call(flags, { ...WRITING, method: "PUT", path, body });
        say("The configuration is set.");
      }),
    example("leave", "room leave ROOM", "Leave a room. Your pulse is not heard there any more.")
      .argument("<room>", "the room's id")
      .action(async (room: string, flags: RoomFlags) => {
        await call(flags, { ...WRITING, method: "DELETE", path: `${pathOf(room)}/members/me` });
        say("You have left the room.");
      }),
    example(
      "remove",
      "room remove ROOM PROFILE_ID",
      "Remove a member from a room, and withdraw its invitations. For its owner.",
    )
      .argument("<room>", "the room's id")
      .argument("<profile_id>", "the member's profile_id in room show")
      .action(async (room: string, member: string, flags: RoomFlags) => {
        await call(flags, { ...WRITING, method: "DELETE", path: `${pathOf(room)}/members/${word(member)}` });
        say("The member is removed, and every invitation is withdrawn.");
      }),
    example("delete", "room delete ROOM", "Delete a room. For its owner.")
      .argument("<room>", "the room's id")
      .action(async (room: string, flags: RoomFlags) => {
        await call(flags, { ...WRITING, method: "DELETE", path: pathOf(room) });
        say("The room is deleted.");
      }),
  ];
}

function inviting(): readonly Command[] {
  return [
    example(
      "invite",
      "room invite ROOM --expires 2",
      "Make an invitation and print its code, alone, on stdout.",
    )
      .argument("<room>", "the room's id")
      .option("--expires <hours>", "hours until it ends (default 24)")
      .option("--json", "print a JSON object")
      .action(async (room: string, flags: RoomFlags & { readonly expires?: string }) => {
        const body = flags.expires === undefined ? {} : { expires_in: readExpirySeconds(flags.expires) };
        const path = `${pathOf(room)}/invitations`;
        const invitation = readInvitation(await call(flags, { ...WIDENING, method: "POST", path, body }));
        if (flags.json) return print(invitation);
        say(describeInvitation(invitation));
        console.log(invitation.code);
      }),
    example("withdraw", "room withdraw ROOM", "Take back every invitation to a room.")
      .argument("<room>", "the room's id")
      .action(async (room: string, flags: RoomFlags) => {
        const path = `${pathOf(room)}/invitations`;
        const { withdrawn } = (await call(flags, { ...WRITING, method: "DELETE", path })) as {
          withdrawn: number;
        };
        say(describeWithdrawn(withdrawn));
      }),
    example(
      "join",
      "room join K7QF-2M9X-PT4H",
      "Join a room by a code. Its members hear your pulse from then on.",
    )
      .argument("<code>", "the code you were given")
      .option("--json", "print a JSON object")
      .action(async (code: string, flags: RoomFlags) => {
        const body = { code };
        tell(
          flags,
          readRoom(await call(flags, { ...WIDENING, method: "POST", path: `${ROOMS}/join`, body })),
        );
      }),
  ];
}

function tell({ json }: RoomFlags, room: RoomAnswer): void {
  if (json) print(room);
  else console.log(describeRoom(room));
}

function print(value: unknown): void {
  console.log(toSeenJson(value));
}
