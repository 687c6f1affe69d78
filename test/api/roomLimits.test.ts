import { describe, test } from "bun:test";
import { expectError } from "../support/answers.ts";
import { answered, callRooms, joinByInvitation, newCode, newPerson, newRoom } from "../support/rooms.ts";
import { sharedServer } from "../support/sharedServer.ts";
import { callWidgets, newWidget, OWN_WIDGETS, WIDGET_SCOPES } from "../support/widgets.ts";

const shared = sharedServer({ limits: { roomMembershipsMax: 2, roomInvitationsMax: 2 } });

describe("the limit on rooms in which one is (roomMembershipsMax)", () => {
  const FULL = { status: 409, code: 8011, message: "you are in 2 rooms, which is the most" } as const;

  test("as many as the limit, made or joined; one more of either is 409 until one is left", async () => {
    const [anna, ben] = [await newPerson(shared()), await newPerson(shared())];
    const [first, second] = [await newRoom(shared(), anna), await newRoom(shared(), anna)];
    await newRoom(shared(), ben);
    await joinByInvitation(shared(), anna, first, ben);
    const code = await newCode(shared(), anna, second);
    const join = () => callRooms(shared(), ben, "POST", "/join", { code });
    await expectError(await join(), FULL);
    await expectError(await callRooms(shared(), ben, "POST", "", {}), FULL);
    await answered(callRooms(shared(), ben, "DELETE", `/${first}/members/me`));
    await answered(join());
  });
});

describe("the limit on invitations to a room (roomInvitationsMax)", () => {
  test("as many as the limit hold; one more is 409 until they are withdrawn", async () => {
    const anna = await newPerson(shared());
    const roomId = await newRoom(shared(), anna);
    const invite = () => callRooms(shared(), anna, "POST", `/${roomId}/invitations`, {});
    await answered(invite());
    await answered(invite());
    await expectError(await invite(), {
      status: 409,
      code: 8011,
      message:
        "this room has 2 invitations that hold, which is the most; withdraw them, or wait until one expires",
    });
    await answered(callRooms(shared(), anna, "DELETE", `/${roomId}/invitations`));
    await answered(invite());
  });
});

describe("what is deleted while it is asked for is a 404", () => {
  test("a room to which somebody invites", async () => {
    const { rooms } = shared().server.storage.directory;
    const anna = await newPerson(shared());
    const roomId = await newRoom(shared(), anna);
    const { find } = rooms;
    rooms.find = async (publicId) => {
      rooms.find = find;
      const found = await rooms.find(publicId);
      if (found !== undefined) await rooms.remove(found.id);
      return found;
    };
    const response = await callRooms(shared(), anna, "POST", `/${roomId}/invitations`, {});
    await expectError(response, { status: 404, code: 8004, message: "there is no such room" });
  });

  test("a widget whose link is opened", async () => {
    const { widgets } = shared().server.storage.directory;
    const token = await shared().token(WIDGET_SCOPES);
    const { id } = await newWidget(shared(), token);
    const { find } = widgets;
    widgets.find = async (publicId) => {
      widgets.find = find;
      const found = await widgets.find(publicId);
      if (found !== undefined) await widgets.remove(found.id);
      return found;
    };
    const response = await callWidgets(shared(), token, "PUT", `${OWN_WIDGETS}/${id}/link`);
    await expectError(response, { status: 404, code: 8004, message: "not found" });
  });
});
