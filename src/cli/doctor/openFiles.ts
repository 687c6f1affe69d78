import { describeFewFiles, openFilesMax } from "../../openFiles.ts";
import { DEFAULT_LIMITS } from "../../settings/limits.ts";
import type { Finding } from "./finding.ts";

/** Says for how many listeners there is room. The limit is this process's own: a service may have another one. */
export function examineOpenFiles(): Finding {
  const about = "open files";
  const openFiles = openFilesMax();
  const few = describeFewFiles(openFiles, DEFAULT_LIMITS.socketsMax);
  if (few !== undefined) return { state: "notice", about, ...few };
  return {
    state: "good",
    about,
    says: `enough for ${DEFAULT_LIMITS.socketsMax.toLocaleString("en")} listeners`,
  };
}
