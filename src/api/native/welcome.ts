import { z } from "zod";
import type { Operation } from "../operation.ts";

const WELCOME = `Heartwire is running here.

It speaks the Pulsoid API at this address:
  POST /api/v1/data                     write a heart rate
  GET  /api/v1/data/heart_rate/latest   read the latest one
  GET  /api/v1/data/real_time           hear new ones live (WebSocket)
  GET  /api/v1/token/validate           ask what a token is
  GET  /health/ready                    ask whether readings can be stored

All of them, and what they take and answer: /reference
Every call but the last needs a token. The start of the server told where the first one is;
"heartwire token create" makes more.
`;

export const welcome: Operation = {
  answer: greet,
  id: "getWelcome",
  group: "Server",
  summary: "Says that Heartwire runs here",
  token: "none",
  success: { status: 200, content: { "text/plain": z.string() } },
};

/** `GET /`: what a person sees who opens the printed address in a browser. Other origins may not read it: no CORS. */
function greet(): Response {
  return new Response(WELCOME, {
    headers: { "content-type": "text/plain; charset=UTF-8", "cache-control": "no-store" },
  });
}
