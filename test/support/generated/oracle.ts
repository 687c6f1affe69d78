import { LIVE_PATH } from "../rawSocket.ts";
import { LATEST_PATH, VALIDATE_PATH, WRITE_PATH } from "../requests.ts";
import { type GeneratedRequest, type KnownTokens, takesNoBody } from "./request.ts";

/**
 * What the wire text says about a request, written a second time and without a look at the server's code, so that
 * the two can be compared.
 */
export interface Verdict {
  readonly statuses: readonly number[];
  /** The error's code, where the status is an error. */
  readonly code?: number;
  /** The reading that the server must have after this request, if it has none of this time yet. */
  readonly reading?: { readonly token: string; readonly measuredAt: number; readonly bpm: number };
}

const refuse = (status: number, code: number): Verdict => ({ statuses: [status], code });

const METHODS: Readonly<Record<string, string>> = {
  [WRITE_PATH]: "POST",
  [LATEST_PATH]: "GET",
  [LIVE_PATH]: "GET",
  [VALIDATE_PATH]: "GET",
};

/** Whether pages of other origins may read the answer: below /api/, whatever the path is. */
export function isOpen(path: string): boolean {
  return path.startsWith("/api/");
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const BODY_BYTES_MAX = 16_384;

export function judge(request: GeneratedRequest, tokens: KnownTokens): Verdict {
  const { method, path } = request;
  const taken = METHODS[path];
  if (method === "OPTIONS" && isOpen(path)) return { statuses: [204] };
  if (taken === undefined) return refuse(404, 8004);
  if (method !== taken && !(method === "HEAD" && taken === "GET")) return refuse(405, 8005);

  const token = tokenOf(request, path === WRITE_PATH || path === LIVE_PATH);
  if (typeof token !== "string") return token;
  const scope = path === VALIDATE_PATH ? "any" : path === WRITE_PATH ? "write" : "read";
  const refusal = refusalOf(token, scope, tokens);
  if (refusal !== undefined) return refusal;

  if (path === VALIDATE_PATH) return { statuses: [200] };
  if (path === WRITE_PATH) return judgeBody(request, token);
  const mode = new URLSearchParams(request.query).get("response_mode") ?? "json";
  const modes = ["json", "text_plain_only_heart_rate", ...(path === LIVE_PATH ? ["legacy_json"] : [])];
  if (mode !== "" && !modes.includes(mode)) return refuse(400, 8001);
  return path === LIVE_PATH ? refuse(426, 8008) : { statuses: [200, 412], code: 8003 };
}

function tokenOf({ authorization, query }: GeneratedRequest, queryCounts: boolean): string | Verdict {
  const given: string[] = [];
  if (authorization !== undefined) {
    const [, value] = /^bearer +(.*)$/i.exec(authorization.trim()) ?? [];
    given.push(value ?? "");
  }
  if (queryCounts) given.push(...new URLSearchParams(query).getAll("access_token"));
  const lower = given.map((value) => value.toLowerCase());
  if (lower.length === 0) return refuse(401, 7009);
  if (!lower.every((value) => UUID.test(value))) return refuse(401, 7010);
  return new Set(lower).size === 1 ? (lower[0] as string) : refuse(400, 8002);
}

function refusalOf(token: string, scope: "any" | "read" | "write", tokens: KnownTokens): Verdict | undefined {
  if (token === tokens.expired) return refuse(401, 7006);
  if (tokens.readAndWrite.includes(token)) return undefined;
  if (token === tokens.readOnly) return scope === "write" ? refuse(401, 7011) : undefined;
  if (token === tokens.writeOnly) return scope === "read" ? refuse(401, 7011) : undefined;
  return refuse(401, 7005);
}

function judgeBody(request: GeneratedRequest, token: string): Verdict {
  const malformed = refuse(400, 8001);
  const body = takesNoBody(request) ? undefined : request.body;
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : (body ?? new Uint8Array());
  if (bytes.length > BODY_BYTES_MAX) return refuse(413, 8006);
  let parsed: { measured_at?: unknown; data?: { heart_rate?: unknown } | null } | null;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return malformed;
  }
  const claimed = parsed?.measured_at;
  const bpm = parsed?.data?.heart_rate;
  if (typeof claimed !== "number" || claimed < 0 || claimed > Number.MAX_SAFE_INTEGER) return malformed;
  if (typeof bpm !== "number" || !Number.isInteger(bpm) || bpm > 65_535) return malformed;
  if (bpm <= 0) return { statuses: [200] };
  const measuredAt = Math.floor(claimed >= 1e14 ? claimed / 1_000 : claimed);
  return { statuses: [200], reading: { token, measuredAt: measuredAt + 0, bpm } };
}
