import { expect } from "bun:test";
import type { Finding } from "../../../src/cli/doctor/finding.ts";
import { DEFAULT_LIMITS } from "../../../src/settings/limits.ts";
import { openFolder } from "../../../src/storage/sqlite/folder.ts";
import { makeTestToken } from "../../support/server.ts";
import { type HowToRun, runHeartwire } from "../runHeartwire.ts";

/** Makes a data folder as a server leaves it that ended in order, with one user and one token. */
export async function makeFolder(folder: string): Promise<void> {
  const storage = await openFolder(folder, { durability: "commit", limits: DEFAULT_LIMITS });
  await makeTestToken(storage.directory, ["data:heart_rate:read"], "anna");
  await storage.close();
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const { port } = server;
  await server.stop(true);
  return Number(port);
}

export interface Diagnosis {
  readonly code: number;
  readonly stdout: string;
  /** None when text was asked for. */
  readonly findings: readonly Finding[];
}

export interface Patient extends HowToRun {
  /** One on which nobody listens unless told otherwise. */
  readonly port?: number;
  readonly text?: boolean;
}

/** Runs `heartwire doctor` on a folder. */
export async function examine(folder: string, patient: Patient = {}): Promise<Diagnosis> {
  const { port = await closedPort(), text = false, ...how } = patient;
  const words = ["doctor", "--data", folder, "--host", "127.0.0.1", "--port", String(port)];
  const { code, stdout, stderr } = await runHeartwire(text ? words : [...words, "--json"], how);
  expect(stderr).toBe("");
  return { code, stdout, findings: text ? [] : JSON.parse(stdout) };
}

/** What the doctor said of one thing. */
export function about(subject: string, { findings }: Diagnosis): Finding {
  return findings.find((finding) => finding.about === subject) as Finding;
}
