import { bare } from "../servers/bare.ts";
import type { Contender } from "../servers/contender.ts";
import { influxdb } from "../servers/influxdb.ts";
import { nginx } from "../servers/nginx.ts";
import { ours } from "../servers/ours.ts";
import { redis } from "../servers/redis.ts";
import { victoriaMetrics } from "../servers/victoriaMetrics.ts";

/** Everybody that writes are compared with, in the order of the table. */
export const CONTENDERS: readonly Contender[] = [bare, ours, nginx, victoriaMetrics, influxdb, redis];
