/** A Heartwire whose hours are sealed after some quiet seconds: `serverProgram.ts FOLDER PORT SECONDS`. */
import { startServer } from "../../src/server.ts";
import { readSettings } from "../../src/settings/settings.ts";

const [folder = "", port = "", quietSeconds = ""] = process.argv.slice(2);
const silent = () => {};
const server = await startServer({
  settings: readSettings({ HEARTWIRE_DATA: folder, HEARTWIRE_PORT: port }),
  log: { debug: silent, info: silent, warn: silent, error: silent },
  limits: { hourQuietSeconds: Number(quietSeconds) },
});
process.on("SIGTERM", () => void server.stop().then(() => process.exit(0)));
