/** A server like `heartwire serve`, with limits from the command line: node-like `serveWithLimits.ts '{"freshReadingsMax":500}'`. */
import { startServer } from "../../../src/server.ts";
import { readSettings } from "../../../src/settings/settings.ts";

const report = (_fields: object, message: string) => console.error(message);
const settings = readSettings(process.env);
const limits = JSON.parse(process.argv[2] ?? "{}");
const server = await startServer({
  settings,
  limits,
  log: { debug: () => {}, info: report, warn: report, error: report },
});
console.error(`Heartwire serves at ${server.url.origin}. SIGTERM ends it.`);
process.once("SIGTERM", async () => {
  await server.stop();
  process.exit(0);
});
