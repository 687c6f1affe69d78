import { describe, expect, test } from "bun:test";
import type { Scope } from "../../src/domain/scopes.ts";
import { newPerson, type Person, ROOM_SCOPES } from "../support/rooms.ts";
import { sharedServer } from "../support/sharedServer.ts";
import { runHeartwire } from "./runHeartwire.ts";

const shared = sharedServer();

const run = (who: Pick<Person, "token">, ...words: readonly string[]) =>
  runHeartwire(["room", ...words], {
    environment: { HEARTWIRE_TOKEN: who.token, HEARTWIRE_URL: shared().origin },
  });

const someone = (scopes: readonly Scope[] = ROOM_SCOPES) => newPerson(shared(), scopes);

async function created(owner: Person): Promise<string> {
  const { stdout } = await run(owner, "create", "--config", '{"name":"Race"}', "--json");
  return JSON.parse(stdout).room_id;
}

describe("heartwire room", () => {
  test("makes a room, invites to it by a code alone on stdout, and somebody else joins by their own token", async () => {
    const [anna, ben] = [await someone(), await someone()];
    const room = await created(anna);
    const { stdout: code, stderr } = await run(anna, "invite", room, "--expires", "2");
    expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\n$/);
    expect(stderr).toMatch(
      /^Until \d{4}-\d\d-\d\dT[\d:.]+Z whoever is given the code can join, also by this link:\n/,
    );
    expect(stderr).toEndWith(`\n${shared().origin}/join#${code}`);
    const json = JSON.parse((await run(anna, "invite", room, "--json")).stdout);
    expect(Object.keys(json)).toEqual(["code", "expires_at", "link"]);
    expect(await run(ben, "join", code.trim())).toEqual({
      code: 0,
      stdout: `${room}  joined  {"name":"Race"}\n  ${anna.profileId}  {}\n  ${ben.profileId}  {}\n`,
      stderr: "",
    });
    expect((await run(anna, "list")).stdout).toStartWith(`${room}  yours   {"name":"Race"}\n`);
  });

  test("configures, removes, leaves, withdraws and deletes", async () => {
    const [anna, ben] = [await someone(), await someone()];
    const room = await created(anna);
    const join = async () => {
      const { stdout } = await run(anna, "invite", room);
      await run(ben, "join", stdout.trim());
    };
    await join();
    expect((await run(ben, "configure-member", room, '{"color":"red"}')).stderr).toBe(
      "The configuration is set.\n",
    );
    expect((await run(anna, "configure", room, '{"name":"Final"}')).code).toBe(0);
    expect((await run(ben, "show", room)).stdout).toBe(
      `${room}  joined  {"name":"Final"}\n  ${anna.profileId}  {}\n  ${ben.profileId}  {"color":"red"}\n`,
    );
    expect((await run(ben, "leave", room)).stderr).toBe("You have left the room.\n");
    await join();
    expect((await run(anna, "remove", room, ben.profileId)).stderr).toBe(
      "The member is removed, and every invitation is withdrawn.\n",
    );
    expect((await run(anna, "withdraw", room)).stderr).toBe(
      "There was no invitation that could still be used.\n",
    );
    await run(anna, "invite", room);
    expect((await run(anna, "withdraw", room)).stderr).toBe("One invitation is withdrawn.\n");
    expect((await run(anna, "delete", room)).stderr).toBe("The room is deleted.\n");
    expect((await run(anna, "list")).stderr).toBe(
      "You are in no room. Make one with room create, or join one.\n",
    );
  });

  test("says in the server's words what stands against it", async () => {
    const [anna, eve] = [await someone(), await someone()];
    const room = await created(anna);
    for (const [words, complaint] of [
      [["show", room], "You are not a member of this room."],
      [["join", "0000-0000-0000"], "This invitation is unknown, has expired or was withdrawn."],
      [["delete", room], "Only the owner of this room may do that."],
    ] as const) {
      expect(await run(eve, ...words)).toEqual({ code: 1, stdout: "", stderr: `${complaint}\n` });
    }
  });

  test("says which scopes a token needs", async () => {
    const reader = await someone(["data:room:read"]);
    expect((await run(reader, "create")).stderr).toBe(
      "The token may not let others hear this pulse. (answer 401, error_invalid_scope)\n" +
        "Make one that may: npm run heartwire -- token create --user me --scopes data:room:write,data:heart_rate:read\n",
    );
  });

  test("refuses what is no configuration, no time and no id, before it asks the server", async () => {
    const nobody = { token: crypto.randomUUID() };
    for (const [words, complaint] of [
      [["create", "--config", "[]"], 'The configuration: expected a JSON object, such as {"name":"Race"}.'],
      [
        ["invite", "x", "--expires", "0"],
        "--expires: expected hours from 0.02 to 720, written in digits, such as 24 or 0.5.",
      ],
      [["show", "../token"], 'Expected an id of letters, digits and hyphens, got "../token".'],
    ] as const) {
      expect(await run(nobody, ...words)).toEqual({ code: 2, stdout: "", stderr: `${complaint}\n` });
    }
  });

  test("says so when no server answers", async () => {
    const { stderr, code } = await runHeartwire(["room", "list"], {
      environment: { HEARTWIRE_TOKEN: crypto.randomUUID(), HEARTWIRE_URL: "http://127.0.0.1:9" },
    });
    expect({ stderr, code }).toEqual({
      code: 1,
      stderr:
        "The server at http://127.0.0.1:9 does not answer. Is it running? Name another one with --url.\n",
    });
  });
});
