import { expectBody, expectError } from "../answers.ts";
import { type Check, expectMatch, expectSame } from "../check.ts";
import { frameOf } from "./writes.ts";

const PATH = "/api/v1/data/heart_rate/latest";

export const LATEST_CHECKS: readonly Check[] = [
  {
    id: "latest.json",
    source: "documentation",
    sentence: "The latest reading is compact JSON with the keys in the documented order.",
    run: async (kit) => {
      const time = await kit.write(81);
      const answer = await kit.latest();
      expectBody(answer, frameOf(time, 81));
      expectMatch("the content type", answer.headers.get("content-type"), /^application\/json/);
    },
  },
  {
    id: "latest.plain",
    source: "documentation",
    sentence: "With response_mode=text_plain_only_heart_rate it is bare digits as text/plain; charset=UTF-8.",
    run: async (kit) => {
      await kit.write(82);
      const answer = await kit.latest("response_mode=text_plain_only_heart_rate");
      expectBody(answer, "82");
      expectMatch("the content type", answer.headers.get("content-type"), /^text\/plain; ?charset=utf-8$/i);
    },
  },
  {
    id: "latest.is-not-cached",
    source: "documentation",
    sentence: "The latest reading is not cached.",
    run: async (kit) => {
      await kit.write(83);
      expectMatch("Cache-Control", (await kit.latest()).headers.get("cache-control"), /no-store/);
    },
  },
  {
    id: "latest.is-by-time",
    source: "documentation",
    sentence: "An old reading that comes late does not replace a newer one.",
    run: async (kit) => {
      const time = await kit.write(84);
      await kit.write(50, time - 3_600_000 - Math.floor(Math.random() * 1_000_000));
      expectBody(await kit.latest(), frameOf(time, 84));
    },
  },
  {
    id: "latest.ignores-content-type",
    source: "shipped clients",
    sentence: "A Content-Type without a body does not disturb a GET.",
    run: async (kit) => {
      await kit.write(85);
      const token = kit.tokenFor("data:heart_rate:read");
      const answer = await kit.call("GET", PATH, { token, headers: { "content-type": "application/json" } });
      expectSame("the status", answer.status, 200);
    },
  },
  {
    id: "latest.takes-no-query-token",
    source: "documentation",
    sentence: "The query's access_token is not read on this route.",
    run: async (kit) => {
      const query = `access_token=${kit.tokenFor("data:heart_rate:read")}`;
      expectError(await kit.call("GET", PATH, { query }), { status: 401, code: 7009 });
    },
  },
];
