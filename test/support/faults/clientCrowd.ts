/**
 * Many official clients in a process of their own: `clientCrowd.ts ORIGIN TOKEN_FILE`, one client for each line of the file.
 * It prints what became of them, as a line of JSON, a few times a second until it is killed.
 */
import { readFileSync } from "node:fs";
import { OfficialClient } from "../officialClient.ts";

const REPORT_INTERVAL_MS = 200;

/** Clients start this close after one another, as people do: only a restart brings them into step. */
const STARTS_A_TURN = 100;

const [origin = "", tokenFile = ""] = process.argv.slice(2);
const clients = readFileSync(tokenFile, "latin1")
  .trim()
  .split("\n")
  .map((token) => new OfficialClient(origin, token));

setInterval(() => {
  const gaveUp = clients.flatMap((client) => client.gaveUp ?? []);
  console.log(
    JSON.stringify({
      connected: clients.filter((client) => client.isConnected).length,
      heard: clients.filter((client) => client.frames.length > 0).length,
      closes: Object.fromEntries(
        [
          ...Map.groupBy(
            clients.flatMap((client) => client.closeCodes),
            String,
          ),
        ].map(([code, all]) => [code, all.length]),
      ),
      waves: Math.min(...clients.map(({ unanswered }) => unanswered)),
      refused: clients.flatMap(({ validations }) => validations).filter((status) => status === 401).length,
      gaveUp: gaveUp.length,
      reason: gaveUp[0] ?? null,
    }),
  );
}, REPORT_INTERVAL_MS);

for (let from = 0; from < clients.length; from += STARTS_A_TURN) {
  for (const client of clients.slice(from, from + STARTS_A_TURN)) void client.connect();
  await Bun.sleep(10);
}
