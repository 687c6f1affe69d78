import { z } from "zod";
import type { Settings } from "../../settings/settings.ts";
import { localAddress } from "../serverAddress.ts";
import type { Finding } from "./finding.ts";

/** How long a server may take to answer. */
const ANSWER_TIMEOUT_MS = 3_000;

/** Heartwire's answer has about fifty bytes; no more than this is read of another program's. */
const BODY_BYTES_MAX = 16_384;

/** What `GET /health/ready` says. */
const ANSWER = z.object({ status: z.enum(["ready", "not ready", "stopping"]) });
type Status = z.infer<typeof ANSWER>["status"];

/** Error codes that mean that nobody accepts connections at an address. */
const NOBODY_THERE = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EADDRNOTAVAIL",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ConnectionRefused",
  "FailedToOpenSocket",
];

/**
 * Asks whoever listens on the settings' port whether readings can be stored.
 *
 * @param isServed whether a server uses the data folder; undefined when that is not known
 */
export async function examineServer(
  { host, port }: Pick<Settings, "host" | "port">,
  isServed: boolean | undefined,
): Promise<Finding> {
  const about = "server";
  if (port === 0) {
    const says = "takes a free port at each start, so that it cannot be asked here";
    return {
      state: "notice",
      about,
      says,
      advice: "Name the port it said it serves at with HEARTWIRE_PORT.",
    };
  }
  const address = localAddress({ host, port });
  try {
    const status = await askStatus(address);
    return status === undefined ? anotherProgram(address) : describeStatus(status, address, isServed);
  } catch (error) {
    return describeFailure(error as Error & { code?: unknown }, address, isServed);
  }
}

/** @returns undefined when the answer is not one of Heartwire's: nothing of it may be printed then */
async function askStatus(address: string): Promise<Status | undefined> {
  const response = await fetch(`${address}/health/ready`, {
    redirect: "manual",
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  const body = await readBody(response);
  if (body === undefined) return undefined;
  try {
    return ANSWER.safeParse(JSON.parse(body)).data?.status;
  } catch {
    return undefined;
  }
}

/** @returns undefined when there are more than {@link BODY_BYTES_MAX} bytes; the rest is not read */
async function readBody(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function describeStatus(status: Status, address: string, isServed: boolean | undefined): Finding {
  const about = "server";
  if (status === "not ready") {
    const says = `answers at ${address}, but cannot store readings`;
    return { state: "wrong", about, says, advice: "Its log says why." };
  }
  if (status === "stopping") {
    const says = `answers at ${address}, but is stopping`;
    return { state: "notice", about, says, advice: "When it has ended, start it again with npm start." };
  }
  if (isServed === false) {
    const says = `answers at ${address}, but keeps its data in another folder`;
    return { state: "notice", about, says, advice: "Name its folder with HEARTWIRE_DATA and ask again." };
  }
  return { state: "good", about, says: `answers at ${address} and can store readings` };
}

function describeFailure(
  { name, code }: { readonly name: string; readonly code?: unknown },
  address: string,
  isServed: boolean | undefined,
): Finding {
  const about = "server";
  if (name === "TimeoutError") {
    const says = `nothing came from ${address} within ${ANSWER_TIMEOUT_MS / 1_000} seconds`;
    return { state: "wrong", about, says, advice: "If Heartwire listens there, its log may say why." };
  }
  if (!NOBODY_THERE.includes(String(code))) return anotherProgram(address);
  const advice = isServed
    ? "One uses the data folder, though: name its port with HEARTWIRE_PORT and ask again."
    : "Start it with npm start.";
  return { state: "notice", about, says: `nothing answers at ${address}`, advice };
}

function anotherProgram(address: string): Finding {
  return {
    state: "wrong",
    about: "server",
    says: `another program answers at ${address}`,
    advice: "Stop it, or choose another port with HEARTWIRE_PORT.",
  };
}
