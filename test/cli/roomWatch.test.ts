import { describe, expect, test } from "bun:test";
import { freePort } from "../support/freePort.ts";
import { MOMENT } from "../support/requests.ts";
import { answered, callRooms, newPerson, newRoomOfTwo, type Person } from "../support/rooms.ts";
import { type RunningCommand, startHeartwire } from "../support/runningCommand.ts";
import { startTestServer, throwAwayFolder, write } from "../support/server.ts";
import { runHeartwire } from "./runHeartwire.ts";

const environmentOf = ({ token }: Person, origin: string) => ({
  HEARTWIRE_TOKEN: token,
  HEARTWIRE_URL: origin,
});

function startWatching(who: Person, origin: string, ...words: readonly string[]): RunningCommand {
  return startHeartwire(["room", "watch", ...words], environmentOf(who, origin));
}

const lines = (text: string) => text.trim().split("\n");

describe("heartwire room watch", () => {
  test("prints every frame as it came, and ends with 0 at Ctrl-C", async () => {
    await using server = await startTestServer();
    const { anna, ben, roomId } = await newRoomOfTwo(server);
    await using command = startWatching(anna, server.origin, roomId);
    await command.stderr.until(/Connected/);
    await write(server.origin, ben.token, MOMENT, 85);
    await command.stdout.until(/85/);
    const config = { color: "red\u202e\u0085" };
    await answered(callRooms(server, ben, "PUT", `/${roomId}/members/me/config`, { config }));
    await command.stdout.until(/color/);
    command.interrupt();
    const { exitCode, stdout, stderr } = await command.ended();
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `Connected to ${new URL(server.origin).host}. Ctrl-C ends.\n`,
    });
    expect(lines(stdout)[0]).toBe(
      `{"kind":"heart_rate","timestamp":"2024-03-01T17:00:00.000Z","heart_rate":{"profile_id":"${ben.profileId}","bpm":85}}`,
    );
    // What turns the direction of writing on a terminal is escaped, and means the same.
    expect(lines(stdout)[1]).toContain('"color":"red\\u202e\\u0085"');
    expect(JSON.parse(lines(stdout)[1] ?? "").room_member_updated.config).toEqual(config);
  });

  test("says why and ends with 1 when somebody is no member, at the start and later", async () => {
    await using server = await startTestServer();
    const { anna, ben, roomId } = await newRoomOfTwo(server);
    const eve = await newPerson(server);
    expect(
      await runHeartwire(["room", "watch", roomId], { environment: environmentOf(eve, server.origin) }),
    ).toEqual({ code: 1, stdout: "", stderr: "You are not a member of this room.\n" });
    await using command = startWatching(ben, server.origin, roomId, "--kinds", "heart_rate");
    await command.stderr.until(/Connected/);
    await answered(callRooms(server, anna, "DELETE", `/${roomId}/members/${ben.profileId}`));
    const { exitCode, stderr } = await command.ended();
    expect(exitCode).toBe(1);
    expect(stderr).toEndWith(
      "Not connected: the server ended the connection.\nYou are not a member of this room.\n",
    );
  });

  test("connects again when the server comes back", async () => {
    const folder = throwAwayFolder();
    const environment = { HEARTWIRE_PORT: String(freePort()) };
    const first = await startTestServer({ folder, environment });
    const { anna, ben, roomId } = await newRoomOfTwo(first);
    await using command = startWatching(anna, first.origin, roomId);
    await command.stderr.until(/Connected/);
    await first.server.stop();
    await command.stderr.until(/Not connected: the server is shutting down\./);
    await using second = await startTestServer({ folder, environment });
    await command.stderr.until(/Not connected[\s\S]*Connected/);
    await write(second.origin, ben.token, MOMENT, 86);
    await command.stdout.until(/"bpm":86/);
    command.interrupt();
    expect((await command.ended()).exitCode).toBe(0);
  });

  test("refuses a kind that there is not, with those there are", async () => {
    const environment = { HEARTWIRE_TOKEN: crypto.randomUUID() };
    expect(await runHeartwire(["room", "watch", "x", "--kinds", "heart_rat"], { environment })).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "--kinds: expected some of heart_rate,room_member_updated,room_member_removed,room_updated, separated by commas.\n",
    });
  });
});
