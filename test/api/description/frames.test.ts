import { afterAll, beforeAll, expect, test } from "bun:test";
import { Ajv2020, type AnySchema, type AnySchemaObject } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { ROUTES } from "../../../src/api/routes.ts";
import { Listener } from "../../support/listener.ts";
import {
  answered,
  callRooms,
  EVERY_KIND,
  joinByInvitation,
  listenToRoom,
  newPerson,
  newRoomOfTwo,
} from "../../support/rooms.ts";
import { startTestServer, type TestServer, write } from "../../support/server.ts";
import { newWidget, WIDGET_SCOPES } from "../../support/widgets.ts";

/** The running server beside its own description: what its sockets send is what asyncapi.json says of each message. */
interface Message {
  readonly contentType: string;
  readonly payload: AnySchema;
}

let server: TestServer;
let channels: Readonly<Record<string, { readonly messages: Readonly<Record<string, Message>> }>>;
let ajv: Ajv2020;

beforeAll(async () => {
  server = await startTestServer();
  const response = await fetch(`${server.origin}/asyncapi.json`);
  const document = (await response.json()) as AnySchemaObject & { readonly channels: typeof channels };
  ajv = new Ajv2020({ strict: false });
  addFormats(ajv);
  ajv.addSchema(document, "asyncapi");
  channels = document.channels;
});
afterAll(() => server[Symbol.asyncDispose]());

/** What each channel sent, made to send every message that it has; by the operation's name. */
const RECORDED: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  listenToHeartRate: async () => {
    const token = await server.token(WIDGET_SCOPES, { user: "anna" });
    const modes = ["", "?response_mode=text_plain_only_heart_rate", "?response_mode=legacy_json"];
    const listeners = await Promise.all(modes.map((mode) => Listener.open(server.origin, token, mode)));
    await write(server.origin, token, Date.now(), 72);
    return (await Promise.all(listeners.map((listener) => heard(listener, 1)))).flat();
  },
  listenToWidget: async () => {
    const token = await server.token(WIDGET_SCOPES, { user: "ben" });
    const { id } = await newWidget(server, token);
    const listener = await Listener.openAt(`${server.origin}/listen/${id}`);
    await write(server.origin, token, Date.now(), 73);
    return heard(listener, 1);
  },
  listenToRoom: async () => {
    const { anna, ben, roomId } = await newRoomOfTwo(server);
    const listener = await listenToRoom(server, anna, roomId, EVERY_KIND);
    await write(server.origin, ben.token, Date.now(), 74);
    const changes = [
      ["PUT", `/${roomId}/config`, { config: { name: "Final" } }],
      ["PUT", `/${roomId}/members/${ben.profileId}/config`, { config: { color: "red" } }],
      ["DELETE", `/${roomId}/members/${ben.profileId}`, undefined],
    ] as const;
    for (const [method, path, body] of changes) {
      await answered(callRooms(server, anna, method, path, body));
    }
    await joinByInvitation(server, anna, roomId, await newPerson(server));
    return heard(listener, 5);
  },
};

async function heard(listener: Listener, count: number): Promise<readonly string[]> {
  const frames = [...(await listener.heard(count))];
  listener[Symbol.dispose]();
  return frames;
}

/** References in the document are within it. */
function isOf({ contentType, payload }: Message, frame: string): boolean {
  const schema = JSON.stringify(payload).replaceAll('"#/components/', '"asyncapi#/components/');
  try {
    return ajv.validate(JSON.parse(schema), contentType === "application/json" ? JSON.parse(frame) : frame);
  } catch {
    return false;
  }
}

const sockets = ROUTES.flatMap(({ methods }) =>
  Object.values(methods).filter(({ success }) => success.status === 101),
);

for (const { id } of sockets) {
  test(`${id} sends each message that is described, and no other frame`, async () => {
    const messages = Object.entries(channels[id]?.messages ?? {});
    const frames = (await RECORDED[id]?.()) ?? [];
    const kinds = frames.map((frame) =>
      messages.filter(([, message]) => isOf(message, frame)).map(([name]) => name),
    );
    for (const [index, names] of kinds.entries()) {
      expect({ frame: frames[index], names }).toEqual({ frame: frames[index], names: [expect.any(String)] });
    }
    expect(new Set(kinds.flat())).toEqual(new Set(messages.map(([name]) => name)));
  });
}
