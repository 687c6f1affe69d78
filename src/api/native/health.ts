import { z } from "zod";
import type { Call, Context } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";

const HEALTH = "A load balancer asks this, under any host name.";

export const health: { readonly live: Operation; readonly ready: Operation } = {
  live: {
    answer: live,
    id: "isLive",
    group: "Server",
    summary: "Whether the process answers",
    notes: HEALTH,
    token: "none",
    success: { status: 200, content: { "application/json": z.object({ status: z.literal("live") }) } },
  },
  ready: {
    answer: ready,
    id: "isReady",
    group: "Server",
    summary: "Whether readings can be stored",
    notes: HEALTH,
    token: "none",
    success: { status: 200, content: { "application/json": z.object({ status: z.literal("ready") }) } },
    others: {
      503: {
        when: "The store cannot write, or the server is stopping",
        schema: z.object({ status: z.enum(["not ready", "stopping"]), reason: z.string().optional() }),
      },
    },
  },
};

/** `GET /health/live`: the process answers. */
function live(): Response {
  return json({ status: "live" }, { otherOrigins: false });
}

/** One answer about the store is good for this long: asking costs a commit. */
const PROBE_AGE_MAX_MS = 1_000;

interface Probe {
  readonly at: number;
  readonly result: Promise<boolean>;
}

const probes = new WeakMap<Context, Probe>();

/** `GET /health/ready`: readings can be stored. 503 while the store cannot write, or the server is stopping. */
async function ready({ context }: Call): Promise<Response> {
  if (context.stopping()) return json({ status: "stopping" }, { status: 503, otherOrigins: false });
  const writable = await probe(context);
  return writable
    ? json({ status: "ready" }, { otherOrigins: false })
    : json({ status: "not ready", reason: "the store cannot write" }, { status: 503, otherOrigins: false });
}

function probe(context: Context): Promise<boolean> {
  const now = context.clock();
  const last = probes.get(context);
  if (last !== undefined && Math.abs(now - last.at) < PROBE_AGE_MAX_MS) return last.result;
  const result = context.store.probe().then(
    () => true,
    (error: Error) => {
      context.log.warn({ reason: error.message }, "The store cannot write.");
      return false;
    },
  );
  probes.set(context, { at: now, result });
  return result;
}
