import { readInvitationCode } from "../../domain/invitationCode.ts";
import { type JoinedRoom, joinRoom, leaveRoom, Refused } from "./rooms.ts";

const byId = <Kind extends HTMLElement>(id: string) => document.getElementById(id) as Kind;

const code = byId<HTMLInputElement>("code");
const token = byId<HTMLInputElement>("token");
const joining = byId<HTMLButtonElement>("join");
const leaving = byId<HTMLButtonElement>("leave");

/** The one place where the page keeps a token after it was typed in: gone with the page. */
let membership: { readonly room: JoinedRoom; readonly token: string } | undefined;

/** The code stands behind the `#`, which no server is sent. */
function readLink(): void {
  const given = readInvitationCode(location.hash.slice(1));
  if (given !== undefined) code.value = given;
  showCommand();
}

function showCommand(): void {
  const known = readInvitationCode(code.value);
  byId("command").textContent = `npm run heartwire -- room join ${known ?? "CODE"} --url ${location.origin}`;
}

/** Shows one of the page's states, and tells a screen reader of it by the focus. */
function show(id: "joined" | "left"): void {
  for (const section of ["invitation", "joined", "left"]) byId(section).hidden = section !== id;
  byId("terminal").hidden = true;
  byId(id).querySelector("h1")?.focus();
}

/** Runs what a button does once at a time, and says below what stands against it. */
async function attempt(
  button: HTMLButtonElement,
  problem: HTMLElement,
  act: () => Promise<void>,
): Promise<void> {
  button.disabled = true;
  problem.textContent = "";
  try {
    await act();
  } catch (error) {
    problem.textContent = error instanceof Refused ? error.message : "Something went wrong. Try again.";
  } finally {
    button.disabled = false;
  }
}

async function join(): Promise<void> {
  const own = token.value.trim();
  const room = await joinRoom(code.value, own);
  membership = { room, token: own };
  token.value = "";
  byId("company").textContent = describeCompany(room.members.length - 1);
  byId("room").textContent = room.room_id;
  byId("leave-command").textContent =
    `npm run heartwire -- room leave ${room.room_id} --url ${location.origin}`;
  show("joined");
}

function describeCompany(others: number): string {
  if (others === 0) return "Nobody else is here yet. Whoever joins sees your heart rate.";
  const who = others === 1 ? "One other member sees" : `${others} other members see`;
  return `${who} your heart rate now, and you see theirs.`;
}

async function leave(): Promise<void> {
  if (membership === undefined) return;
  await leaveRoom(membership.room, membership.token);
  membership = undefined;
  show("left");
}

byId<HTMLFormElement>("form").addEventListener("submit", (event) => {
  event.preventDefault();
  void attempt(joining, byId("problem"), join);
});
leaving.addEventListener("click", () => void attempt(leaving, byId("leave-problem"), leave));
code.addEventListener("input", showCommand);
addEventListener("hashchange", readLink);
readLink();
joining.disabled = false;
