import { Counter, Gauge, Registry } from "prom-client";
import { z } from "zod";
import type { Call, Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import { isLocal } from "../hosts.ts";
import type { Operation } from "../operation.ts";

export const metrics: Operation = {
  answer: show,
  id: "getMetrics",
  group: "Server",
  summary: "Numbers that an operator watches, in the Prometheus text format",
  notes: "404 where the setting HEARTWIRE_METRICS says so: by default for all but local requests.",
  token: "none",
  success: { status: 200, content: { "text/plain": z.string() } },
  errors: ["notFound"],
};

/** `GET /metrics` in the Prometheus text format; by default only for local requests. Labels never name a person. */
async function show({ request, context }: Call): Promise<Response> {
  const { metrics: mode } = context.settings;
  if (mode === "off" || (mode === "auto" && !isLocal(request, context.settings))) {
    throw new ApiError("notFound");
  }
  const registry = await collect(context);
  return new Response(await registry.metrics(), {
    headers: { "content-type": registry.contentType, "cache-control": "no-store" },
  });
}

/** Counts are kept as plain numbers where they happen, so that the hot path pays next to nothing for them. */
async function collect(context: Context): Promise<Registry> {
  const registry = new Registry();
  const gauge = (name: string, help: string, value: number) =>
    new Gauge({ name, help, registers: [registry] }).set(value);
  const counter = (name: string, help: string, value: number) =>
    new Counter({ name, help, registers: [registry] }).inc(value);

  const responses = new Counter({
    name: "heartwire_http_responses_total",
    help: "Answers by status.",
    labelNames: ["status"],
    registers: [registry],
  });
  for (const [status, count] of context.responses.counts()) responses.inc({ status }, count);

  const readings = new Counter({
    name: "heartwire_readings_total",
    help: "Readings by what became of them: stored, repeated (there already), refused (the store could not write).",
    labelNames: ["result"],
    registers: [registry],
  });
  for (const [result, count] of Object.entries(context.ingest.counts)) readings.inc({ result }, count);

  gauge("heartwire_sockets_open", "Open listeners.", context.sockets.size);
  counter("heartwire_frames_sent_total", "Frames handed to listeners.", context.sockets.framesSent);

  const store = await context.store.measure();
  gauge("heartwire_store_fresh_readings", "Readings in arrival order, not packed yet.", store.freshReadings);
  gauge("heartwire_store_packed_readings", "Readings in parts of hours.", store.packedReadings);
  gauge("heartwire_store_sealed_readings", "Readings in sealed hours.", store.sealedReadings);
  gauge("heartwire_store_unsealed_hours", "Hours that wait to be sealed.", store.unsealedHours);
  counter("heartwire_store_commits_total", "Commits of readings.", store.commits);
  counter("heartwire_store_commit_errors_total", "Commits that failed.", store.commitErrors);
  counter("heartwire_store_sealing_errors_total", "Hours that could not be sealed.", store.sealingErrors);

  const cpu = process.cpuUsage();
  counter("process_cpu_seconds_total", "CPU time, user and system.", (cpu.user + cpu.system) / 1e6);
  gauge("process_resident_memory_bytes", "Resident memory.", process.memoryUsage.rss());
  gauge("process_start_time_seconds", "Unix time of the start.", Math.round(performance.timeOrigin / 1000));
  return registry;
}
