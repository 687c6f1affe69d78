import { afterAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { describeFewFiles, listenersWithin } from "../../src/openFiles.ts";
import { makeUsers } from "../support/faults/dataFolder.ts";
import { ServerProcess } from "../support/faults/serverProcess.ts";
import { LIVE_PATH, RawSocket } from "../support/rawSocket.ts";
import { bearer, VALIDATE_PATH } from "../support/requests.ts";
import { throwAwayFolder } from "../support/server.ts";

const OPEN_FILES = 200;

/** Half of so few files are left for everything else. */
const LISTENERS = 100;

const folder = throwAwayFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a server that may open few files says so, takes as many listeners as fit, and answers everybody else", async () => {
  const token = (await makeUsers(folder, ["ada"])).get("ada") as string;
  const through = ["sh", "-c", `ulimit -n ${OPEN_FILES}; exec "$0" "$@"`];
  await using server = await ServerProcess.start({ folder, through });
  expect(server.stderr).toContain(
    "Open files: 200 may be open at once, which is enough for 100 listeners. For 50,000 raise the hard limit to 51000",
  );
  const sockets: RawSocket[] = [];
  for (let count = 0; count < LISTENERS + 3; count++) {
    const socket = await RawSocket.open(server.origin, LIVE_PATH, [`Authorization: Bearer ${token}`]);
    if (socket.handshake.status === 101) sockets.push(socket);
    else {
      expect(socket.handshake.status).toBe(503);
      socket[Symbol.dispose]();
    }
  }
  expect(sockets).toHaveLength(LISTENERS);
  const answer = await fetch(`${server.origin}${VALIDATE_PATH}`, { headers: bearer(token) });
  expect(answer.status).toBe(200);
  for (const socket of sockets) socket[Symbol.dispose]();
});

test("with files enough nothing is said; a thousand, or half of them, are left for what is no listener", () => {
  expect(describeFewFiles(51_000, 50_000)).toBeUndefined();
  expect(describeFewFiles(Number.POSITIVE_INFINITY, 50_000)).toBeUndefined();
  expect(describeFewFiles(50_999, 50_000)).toEqual({
    says: "50,999 may be open at once, which is enough for 49,999 listeners",
    advice: "For 50,000 raise the hard limit to 51000 (ulimit -n, or LimitNOFILE of a service).",
  });
  expect([200, 2_000, 20_000].map(listenersWithin)).toEqual([100, 1_000, 19_000]);
});
