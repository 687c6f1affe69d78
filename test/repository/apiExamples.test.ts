import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { templateOf } from "../../src/api/description/openapi.ts";
import { ROUTES } from "../../src/api/routes.ts";
import { FIRST_SCOPES } from "../../src/cli/firstRun.ts";
import { hasProgram } from "../support/programs.ts";
import { bearer } from "../support/requests.ts";
import { ROOMS } from "../support/rooms.ts";
import { startTestServer, type TestServer, write } from "../support/server.ts";
import { textOf } from "./files.ts";

/** Where the page says that the server is. */
const WRITTEN_HOST = "localhost:4327";

/** How often a reading is sent while an example listens. */
const WRITE_INTERVAL_MS = 50;

interface Example {
  /** The heading above it, and its place below that. */
  readonly name: string;
  readonly language: string;
  readonly code: string;
  readonly answer: string;
}

const examples = examplesOf(textOf("docs/api.md"));

/** The blocks of code, each with the block of its answer that follows. */
function examplesOf(page: string): readonly Example[] {
  return page.split(/^#+ /m).flatMap((section) => {
    const heading = (section.split("\n")[0] as string).replaceAll("`", "");
    const blocks = [...section.matchAll(/^```(\w*)\n(.*?)^```$/gms)];
    return blocks.flatMap(([, language = "", code = ""], place) => {
      if (!["sh", "js"].includes(language)) return [];
      const answer = blocks[place + 1]?.[2] ?? "";
      return [{ name: `${heading}: example ${Math.floor(place / 2) + 1}`, language, code, answer }];
    });
  });
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** The code of an invitation, when it expires, and its link. */
const INVITATION = /"code":"([0-9A-Z-]{14})","expires_at":\d{13},"link":"http:\/\/[\w.]+:\d+\/join#\1"/g;

/** An answer without what is another one each time: identifiers. */
function comparable(answer: string): string {
  return answer.trim().replaceAll(UUID, "<uuid>").replaceAll(INVITATION, "<invitation>");
}

function withoutTimes(frame: string): string {
  return comparable(frame).replaceAll(/\d{13}|\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>");
}

describe("the examples of docs/api.md, in their order", () => {
  let running: TestServer;
  let token = "";

  beforeAll(async () => {
    // Under the name that the page shows: a loopback address is another origin.
    const started = await startTestServer();
    running = { ...started, origin: started.origin.replace("127.0.0.1", "localhost") };
    token = await running.token(FIRST_SCOPES);
  });
  afterAll(() => running[Symbol.asyncDispose]());

  function start(command: readonly string[]) {
    return Bun.spawn([...command], {
      env: { PATH: process.env.PATH, HEARTWIRE_TOKEN: token },
      stdout: "pipe",
      stderr: "inherit",
    });
  }

  function here(code: string): string {
    return code.replaceAll(WRITTEN_HOST, new URL(running.origin).host);
  }

  /** Runs a listener and sends readings until it has printed a line. */
  async function firstLineOf(code: string): Promise<string> {
    const listener = start([process.execPath, "-e", here(code)]);
    let measuredAt = Date.now() - 60_000;
    const writer = setInterval(() => write(running.origin, token, ++measuredAt, 77), WRITE_INTERVAL_MS);
    try {
      for await (const chunk of listener.stdout) return new TextDecoder().decode(chunk).split("\n")[0] ?? "";
      return "";
    } finally {
      clearInterval(writer);
      listener.kill();
      await listener.exited;
    }
  }

  const runnable = hasProgram("curl", "curl") ? examples : [];
  for (const { name, language, code, answer } of runnable) {
    if (language === "js") {
      test(`${name} prints a frame like the one shown`, async () => {
        expect(withoutTimes(await firstLineOf(code))).toBe(withoutTimes(answer));
      });
    } else {
      test(`${name} answers what is shown`, async () => {
        const command = start(["bash", "-c", here(code)]);
        expect(comparable(await command.stdout.text())).toBe(comparable(here(answer)));
        await command.exited;
      });
    }
  }

  test("leave what was there before as it was", async () => {
    const headers = bearer(token);
    const post = (path: string, body: object) =>
      fetch(`${running.origin}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    const { room } = (await (await post(ROOMS, { config: { name: "Mine" } })).json()) as { room: object };
    const { widget } = (await (await post("/api/v1/widgets", { name: "Mine" })).json()) as { widget: object };
    for (const { language, code } of runnable) {
      if (language === "sh") await start(["bash", "-c", here(code)]).exited;
    }
    const ask = async (path: string) => (await fetch(`${running.origin}${path}`, { headers })).json();
    expect(await ask(ROOMS)).toMatchObject({ rooms: expect.arrayContaining([room]) });
    expect(await ask("/api/v1/widgets")).toMatchObject({ widgets: expect.arrayContaining([widget]) });
  });

  test("are there for every route, and each has an answer", () => {
    const page = textOf("docs/api.md");
    expect(examples.length).toBeGreaterThan(9);
    expect(examples.filter(({ answer }) => answer === "")).toEqual([]);
    const paths = ROUTES.map(({ path }) => templateOf(path));
    expect(paths.filter((path) => path !== "/" && !page.includes(path))).toEqual([]);
  });
});
