import { resolve } from "node:path";
import type { Settings } from "../../settings/settings.ts";
import { examineCertificate } from "./certificate.ts";
import { summarizeDropin } from "./dropin.ts";
import type { Finding } from "./finding.ts";
import { examineFolder, examineSpace } from "./folder.ts";
import { examineFiles } from "./folderFiles.ts";
import { examineOpenFiles } from "./openFiles.ts";
import { examineServer } from "./server.ts";

/** Looks at data folder, disk, files, limits, the certificate, the server's answer and dropin, in this order. Changes nothing. */
export async function examine(settings: Settings): Promise<readonly Finding[]> {
  const bun: Finding = { state: "good", about: "Bun", says: `version ${Bun.version}` };
  const folder = resolve(settings.data);
  const { findings, isServed } = examineData(folder);
  const isClosed = findings[0]?.state === "wrong";
  const dropin = isClosed ? [] : await summarizeDropin(folder);
  const machine = [examineOpenFiles(), ...examineCertificate(settings)];
  return [bun, ...findings, ...machine, await examineServer(settings, isServed), ...dropin];
}

interface DataFindings {
  readonly findings: readonly Finding[];
  /** Whether a server uses the data folder; absent when that cannot be told. */
  readonly isServed: boolean | undefined;
}

/** Nothing is said about the files of a folder that this user may not use: they cannot be judged. */
function examineData(path: string): DataFindings {
  const { exists, finding } = examineFolder(path);
  if (!exists) return { findings: [finding], isServed: false };
  if (finding.state === "wrong") return { findings: [finding], isServed: undefined };
  const files = examineFiles(path);
  return { findings: [finding, examineSpace(path), ...files.findings], isServed: files.isServed };
}
