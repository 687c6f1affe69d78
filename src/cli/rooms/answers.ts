import { z } from "zod";
import { CommandFailure } from "../failure.ts";
import { printable } from "../serverWords.ts";

const configuration = z.record(z.string(), z.unknown());

const room = z.object({
  room_id: z.string(),
  config: configuration,
  owner: z.boolean(),
  members: z.array(z.object({ profile_id: z.string(), config: configuration })),
});

/** A room as the server shows it. */
export type RoomAnswer = z.output<typeof room>;

/** @throws CommandFailure when the answer is no room */
export function readRoom(answer: unknown): RoomAnswer {
  return parse(z.object({ room }), answer).room;
}

/** @throws CommandFailure when the answer is no list of rooms */
export function readRooms(answer: unknown): readonly RoomAnswer[] {
  return parse(z.object({ rooms: z.array(room) }), answer).rooms;
}

const invitation = z.object({
  code: z.string().regex(/^[0-9A-Z-]+$/),
  expires_at: z.int(),
  link: z.url(),
});

/** An invitation as the server shows it, once. */
export type InvitationAnswer = z.output<typeof invitation>;

/** @throws CommandFailure when the answer is no invitation */
export function readInvitation(answer: unknown): InvitationAnswer {
  return parse(z.object({ invitation }), answer).invitation;
}

/** What is said beside the code, which a script reads alone. */
export function describeInvitation({ expires_at, link }: InvitationAnswer): string {
  const until = new Date(expires_at).toISOString();
  return `Until ${until} whoever is given the code can join, also by this link:\n${printable(link)}`;
}

/** A room in a few lines: its id and configuration, and a line for each member. */
export function describeRoom({ room_id, owner, config, members }: RoomAnswer): string {
  const lines = members.map(
    ({ profile_id, config: own }) => `  ${printable(profile_id)}  ${printable(JSON.stringify(own))}`,
  );
  const head = `${printable(room_id)}  ${owner ? "yours   " : "joined  "}${printable(JSON.stringify(config))}`;
  return [head, ...lines].join("\n");
}

export function describeWithdrawn(count: number): string {
  if (count === 0) return "There was no invitation that could still be used.";
  return count === 1 ? "One invitation is withdrawn." : `${count} invitations are withdrawn.`;
}

function parse<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new CommandFailure("What answers at this address is not a Heartwire.");
  return parsed.data;
}
