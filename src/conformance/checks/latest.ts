import { area } from "../check.ts";
import { expectError, expectJsonBytes, expectSame, expectThat, shown } from "../expectations.ts";
import { readingBody } from "../kit.ts";
import { emptyHolds } from "../needs.ts";
import { PATHS } from "../routes.ts";

const SECTION = "5 GET /api/v1/data/heart_rate/latest";
const PLAIN = `${PATHS.latest}?response_mode=text_plain_only_heart_rate`;

export const LATEST = area("latest", SECTION, [
  [
    "json",
    "The latest reading is compact JSON with its keys in the documented order.",
    async (kit) => {
      const measuredAt = await kit.write(91);
      const answer = await kit.ask({ path: PATHS.latest, token: kit.tokens.read.token });
      expectJsonBytes(answer, readingBody(measuredAt, 91));
    },
  ],
  [
    "json-by-name",
    "response_mode=json is the same as none.",
    async (kit) => {
      const measuredAt = await kit.write(92);
      const path = `${PATHS.latest}?response_mode=json`;
      expectJsonBytes(await kit.ask({ path, token: kit.tokens.read.token }), readingBody(measuredAt, 92));
    },
  ],
  [
    "plain-text",
    "With response_mode=text_plain_only_heart_rate the body is bare digits, without a newline.",
    async (kit) => {
      await kit.write(93);
      const answer = await kit.ask({ path: PLAIN, token: kit.tokens.read.token });
      expectThat(answer.status === 200 && answer.text === "93", "200 93", shown(answer));
    },
  ],
  [
    "plain-text-type",
    "The plain text is declared as text/plain; charset=UTF-8.",
    async (kit) => {
      await kit.write(94);
      const answer = await kit.ask({ path: PLAIN, token: kit.tokens.read.token });
      const type = (answer.header("content-type") ?? "").toLowerCase().replace(/;\s*/, "; ");
      expectSame(type, "text/plain; charset=utf-8", "Content-Type: ");
    },
  ],
  [
    "no-store",
    "The latest reading is answered with Cache-Control: no-store, in both forms.",
    async (kit) => {
      await kit.write(95);
      for (const path of [PATHS.latest, PLAIN]) {
        const answer = await kit.ask({ path, token: kit.tokens.read.token });
        const header = answer.header("cache-control");
        expectThat(/\bno-store\b/i.test(header ?? ""), "Cache-Control: no-store", `Cache-Control: ${header}`);
      }
    },
  ],
  [
    "content-type-ignored",
    "A declared JSON body that is not there is ignored.",
    async (kit) => {
      await kit.write(96);
      const headers = { "content-type": "application/json" };
      const answer = await kit.ask({ path: PATHS.latest, token: kit.tokens.read.token, headers });
      expectThat(answer.status === 200, "200", shown(answer));
    },
  ],
  [
    "none-yet",
    "A user who never sent a reading is answered 412 in JSON, in both forms.",
    async (kit) => {
      for (const path of [PATHS.latest, PLAIN]) {
        expectError(await kit.ask({ path, token: kit.tokens.empty?.token }), { status: 412 });
      }
    },
    { needs: [emptyHolds("data:heart_rate:read")] },
  ],
]);
