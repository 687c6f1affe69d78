import { join } from "node:path";
import { runWrk } from "../load/wrk.ts";
import { programVersion } from "../machine.ts";
import { answers, PinnedProcess, SERVER_CORE } from "../pinnedProcess.ts";
import { freePort } from "../workspace.ts";
import type { Contender } from "./contender.ts";

/** One process, no log, and an answer before anybody looked at the request: how much the load generator can ask. */
const configuration = (port: number): string => `
daemon off;
master_process off;
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${port};
    default_type application/json;
    location / { return 200 '{}'; }
  }
}
`;

/** nginx that answers 200 to everything. */
export const nginx: Contender = {
  key: "nginx",
  title: "(c) nginx `return 200`",
  promise: "nothing",
  version: () => programVersion(["nginx", "-v"], /nginx\/(\S+)/),
  async start(folder, tokenFile) {
    const port = freePort();
    const file = join(folder, "nginx.conf");
    await Bun.write(file, configuration(port));
    const process = new PinnedProcess({
      command: ["nginx", "-p", folder, "-e", "stderr", "-c", file],
      core: SERVER_CORE,
      folder,
      logFile: join(folder, "log"),
    });
    const url = `http://127.0.0.1:${port}`;
    await process.ready(answers(url));
    return {
      process,
      load: (round) => runWrk({ ...round, url, shape: "pulsoid", tokenFile }),
      pulsoidUrl: url,
    };
  },
};
