import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** The checkout. */
export const ROOT = join(import.meta.dir, "..", "..");

/** Folders that are not the project's own text: brought, made, or somebody's data. */
const NOT_OURS = ["node_modules", ".git", ".work", "data"];

/** Every file below a folder of the checkout, by its path in it, with forward slashes; sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => !path.split("/").some((part) => NOT_OURS.includes(part)))
    .sort();
}

export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}
