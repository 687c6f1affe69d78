import { expectError } from "../answers.ts";
import { type Check, expectMatch, expectSame, Mismatch } from "../check.ts";
import type { Kit } from "../kit.ts";
import { frameOf } from "./writes.ts";

/** Within a second, as the wire says, and what a network adds. */
const AT_ONCE_MS = 1_500;

/** How long a server may take to come back after a restart. */
const RESTART_MS = 60_000;

/** How long a server may take to notice that something of it failed, or works again. */
const NOTICE_MS = 10_000;

const VALIDATE = "/api/v1/token/validate";

/** What needs the operator's hand. */
export const FAULT_CHECKS: readonly Check[] = [
  {
    id: "fault.store",
    source: "write page",
    sentence: "While readings cannot be stored a write is 500 with 6001, never 200; afterwards it is taken.",
    run: async (kit) => {
      const hook = kit.given("onStoreFailure");
      const time = await kit.write(76);
      await hook("begin");
      try {
        const answer = await kit.writeBody(frameOf(kit.nextTime(), 77));
        expectError(answer, { status: 500, code: 6001 });
      } finally {
        await hook("end");
      }
      await eventually(NOTICE_MS, async () => void (await kit.write(78, time + 10)));
    },
  },
  {
    id: "fault.token-store",
    source: "documentation",
    sentence:
      "While tokens cannot be looked up the answer is 5xx with a JSON body, never 401, which would sign clients out for good.",
    run: async (kit) => {
      const hook = kit.given("onTokenStoreFailure");
      await hook("begin");
      try {
        const answer = await kit.call("GET", VALIDATE, { token: crypto.randomUUID() });
        if (answer.status < 500) throw new Mismatch("the status", "5xx", `${answer.status} ${answer.text}`);
        expectError(answer, { status: answer.status });
      } finally {
        await hook("end");
      }
    },
  },
  {
    id: "fault.restart-closes",
    source: "shipped clients",
    sentence: "A server that stops closes its sockets with 1001 or 1012, never with 1000.",
    run: async (kit) => {
      const hook = kit.given("onRestart");
      const socket = await kit.hear();
      const [code] = await Promise.all([socket.closeCode(RESTART_MS), hook()]);
      socket.end();
      await untilServed(kit);
      if (code !== 1001 && code !== 1012) throw new Mismatch("the close code", "1001 or 1012", code);
    },
  },
  {
    id: "fault.restart-keeps",
    source: "write page",
    sentence: "What was answered 200 is there after a restart, and no token was refused meanwhile.",
    run: async (kit) => {
      const hook = kit.given("onRestart");
      const time = await kit.write(79);
      const statuses = new Set<number>();
      const done = hook();
      const until = performance.now() + RESTART_MS;
      let isDone = false;
      void done.then(() => {
        isDone = true;
      });
      while (!isDone && performance.now() < until) {
        await kit
          .latest()
          .then(({ status }) => statuses.add(status))
          .catch(() => undefined);
        await Bun.sleep(20);
      }
      await done;
      await untilServed(kit);
      if (statuses.has(401)) throw new Mismatch("the answers during the restart", "no 401", [...statuses]);
      expectSame("the latest reading", (await kit.latest()).text, frameOf(time, 79));
    },
  },
  {
    id: "fault.revoked-socket",
    source: "documentation",
    sentence:
      "A token that is revoked closes its open sockets with 1008 within a second, and is 401 with 7005 from then on.",
    isLast: true,
    run: async (kit) => {
      const hook = kit.given("onRevoke");
      const token = kit.tokenFor("data:heart_rate:read");
      const socket = await kit.hear();
      await hook(token);
      const code = await socket.closeCode(AT_ONCE_MS);
      socket.end();
      expectSame("the close code", code, 1008);
      const answer = await kit.call("GET", VALIDATE, { token });
      expectError(answer, { status: 401, code: 7005 });
      expectMatch("WWW-Authenticate", answer.headers.get("www-authenticate"), /invalid_token/);
    },
  },
];

async function untilServed(kit: Kit): Promise<void> {
  await eventually(RESTART_MS, async () => {
    const { status } = await kit.latest();
    if (status >= 500) throw new Error(`it answers ${status}`);
  });
}

/** @throws what the last attempt threw, when none succeeds in time */
async function eventually(withinMs: number, attempt: () => Promise<void>): Promise<void> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > until) throw error;
      await Bun.sleep(50);
    }
  }
}
