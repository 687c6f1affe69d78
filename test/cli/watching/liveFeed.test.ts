import { afterEach, describe, expect, test } from "bun:test";
import { CommandFailure } from "../../../src/cli/failure.ts";
import { type FeedEvent, followLive } from "../../../src/cli/watching/liveFeed.ts";
import { SOCKET_TIMES, type SocketTimes } from "../../../src/cli/watching/liveSocket.ts";
import type { Bpm } from "../../../src/domain/reading.ts";
import { NOON } from "./moments.ts";
import { frame, startMuteServer, startServer } from "./testServer.ts";

const TOKEN = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** Listens in the background, and lets a test wait for what it hears. */
function follow(url: URL, times: SocketTimes = SOCKET_TIMES) {
  const events: FeedEvent[] = [];
  const leave = new AbortController();
  let wake = () => {};
  const ended = followLive(
    { baseUrl: url, token: TOKEN },
    {
      signal: leave.signal,
      random: () => 0.1,
      times,
      onEvent(event) {
        events.push(event);
        wake();
      },
    },
  );
  ended.catch(() => {});
  cleanUps.push(async () => {
    leave.abort();
    await ended.catch(() => {});
  });
  const until = async (wanted: (events: readonly FeedEvent[]) => boolean) => {
    while (!wanted(events)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { events, ended, leave, until };
}

function opened(times: number) {
  return (events: readonly FeedEvent[]) => events.filter(({ kind }) => kind === "open").length >= times;
}

function rates(events: readonly FeedEvent[]): number[] {
  return events.flatMap((event) => (event.kind === "reading" ? [event.reading.bpm] : []));
}

async function failure(promise: Promise<unknown>): Promise<CommandFailure> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CommandFailure);
  return error as CommandFailure;
}

describe("the connection", () => {
  test("hears every frame in order, sends the token in a header only, and tells what was known before", async () => {
    const { server, sockets, requests, behaviour, url } = startServer();
    cleanUps.push(() => server.stop(true));
    behaviour.latest = () => new Response(frame(64));
    const { events, until } = follow(url);
    await until(opened(1));
    for (const socket of sockets) for (const bpm of [70, 71, 70]) socket.send(frame(bpm));
    for (const socket of sockets) for (const odd of ["{}", "hello", frame(0)]) socket.send(odd);
    for (const socket of sockets) socket.send(frame(99));
    await until((seen) => rates(seen).includes(99));
    expect(rates(events)).toEqual([70, 71, 70, 99]);
    expect(events[1]).toEqual({ kind: "last known", reading: { bpm: 64 as Bpm, measuredAt: NOON } });
    expect(requests).toEqual([
      { path: "/api/v1/data/heart_rate/latest", authorization: `Bearer ${TOKEN}` },
      { path: "/api/v1/data/real_time?response_mode=json", authorization: `Bearer ${TOKEN}` },
    ]);
  });

  test("works below a folder of a site", async () => {
    const { server, requests, behaviour, url } = startServer();
    cleanUps.push(() => server.stop(true));
    behaviour.upgrade = 401;
    await failure(follow(new URL("/hearts", url)).ended);
    expect(requests[0]?.path).toBe("/hearts/api/v1/data/heart_rate/latest");
  });

  test.each([1001, 1012, 1000, 1006])(
    "connects again after the server closed with %i, and hears on",
    async (code) => {
      const { server, sockets, url } = startServer();
      cleanUps.push(() => server.stop(true));
      const { events, until } = follow(url);
      await until(opened(1));
      for (const socket of sockets) code === 1006 ? socket.terminate() : socket.close(code);
      await until(opened(2));
      for (const socket of sockets) socket.send(frame(88));
      await until((seen) => rates(seen).length > 0);
      expect(events.filter(({ kind }) => kind === "lost")).toHaveLength(1);
    },
  );

  test("goes on trying while the server is away, says which attempt it is, and finds it again", async () => {
    const first = startServer();
    const { events, until } = follow(first.url);
    await until(opened(1));
    await first.server.stop(true);
    await until((seen) => seen.filter(({ kind }) => kind === "lost").length >= 3);
    const second = startServer(Number(first.url.port));
    cleanUps.push(() => second.server.stop(true));
    await until(opened(2));
    const attempts = events.flatMap((event) => (event.kind === "lost" ? [event.attempt] : []));
    expect(attempts.slice(0, 3)).toEqual([2, 3, 4]);
    expect(events.find(({ kind }) => kind === "lost")).toMatchObject({
      reason: "the server is shutting down",
    });
  });

  test("goes on trying while the server answers 503", async () => {
    const { server, behaviour, url } = startServer();
    cleanUps.push(() => server.stop(true));
    behaviour.latest = () => new Response("busy", { status: 503 });
    behaviour.upgrade = 503;
    const { until } = follow(url);
    await until((events) =>
      events.some((event) => event.kind === "lost" && event.reason === "the server answers 503"),
    );
    behaviour.upgrade = "yes";
    await until(opened(1));
  });

  test.each([
    [7005, "token_not_found", "does not know this token, or it was revoked"],
    [7006, "token_expired", "has expired"],
    [7011, "error_invalid_scope", "data:heart_rate:read"],
  ])("ends and explains when the token is refused with %i", async (error_code, error_message, words) => {
    const { server, behaviour, url } = startServer();
    cleanUps.push(() => server.stop(true));
    behaviour.latest = () => Response.json({ error_code, error_message }, { status: 401 });
    const { message } = await failure(follow(url).ended);
    expect(message).toContain(words);
    expect(message).not.toContain(TOKEN);
  });

  test("ends and explains when the token is revoked while it listens", async () => {
    const { server, sockets, behaviour, url } = startServer();
    cleanUps.push(() => server.stop(true));
    const { ended, until } = follow(url);
    await until(opened(1));
    behaviour.latest = () =>
      Response.json({ error_code: 7006, error_message: "token_expired" }, { status: 401 });
    for (const socket of sockets) socket.close(1008);
    expect((await failure(ended)).message).toContain("has expired");
  });

  test("ends and explains when only the socket refuses the token", async () => {
    const { server, behaviour, url } = startServer();
    cleanUps.push(() => server.stop(true));
    behaviour.upgrade = 401;
    expect((await failure(follow(url).ended)).message).toContain("revoked or has expired");
  });

  test("ends and says so when there is no such API, or it has moved", async () => {
    const { server, behaviour, url } = startServer();
    cleanUps.push(() => server.stop(true));
    behaviour.latest = () => new Response("<html>", { status: 404 });
    expect((await failure(follow(url).ended)).message).toContain(
      "no Heartwire or Pulsoid API at this address",
    );
    behaviour.latest = () => Response.redirect("https://elsewhere.test/api", 301);
    expect((await failure(follow(url).ended)).message).toContain("https://elsewhere.test/api");
  });

  test("ends also when the refusal has no end, and takes no more than a piece of it", async () => {
    const { server, behaviour, url } = startServer();
    cleanUps.push(() => server.stop(true));
    const piece = new Uint8Array(65_536).fill(120);
    const gaveUp = Promise.withResolvers<void>();
    behaviour.latest = () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            controller.enqueue(piece);
            await Bun.sleep(1);
          },
          cancel: () => gaveUp.resolve(),
        }),
        { status: 401 },
      );
    expect((await failure(follow(url).ended)).message).toBe("The server refuses the token. (answer 401)");
    await gaveUp.promise;
  });

  test("notices a connection that died without a word", async () => {
    const { server, url } = startMuteServer();
    cleanUps.push(() => server.stop(true));
    const { until } = follow(url, { connectTimeoutMs: 2000, pingEveryMs: 30, deadAfterMs: 150 });
    await until((events) =>
      events.some((event) => event.kind === "lost" && event.reason === "the server has gone silent"),
    );
  });

  test("gives up on an attempt to which nobody answers, and tries again", async () => {
    const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    cleanUps.push(() => server.stop(true));
    const { until } = follow(new URL(`http://127.0.0.1:${server.port}`), {
      ...SOCKET_TIMES,
      connectTimeoutMs: 100,
    });
    await until((events) =>
      events.some((event) => event.kind === "lost" && event.reason === "the server does not answer"),
    );
  });

  test("leaves at once when told to, and the server knows", async () => {
    const { server, sockets, url } = startServer();
    cleanUps.push(() => server.stop(true));
    const { ended, leave, until } = follow(url);
    await until(opened(1));
    leave.abort();
    await ended;
    while (sockets.size > 0) await Bun.sleep(5);
  });
});
