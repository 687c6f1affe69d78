import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { machineLines } from "./machine.ts";

const file = join(import.meta.dir, "RESULTS.md");

const INTRODUCTION = `# Results

Each section is written by the command it names, from one run on one machine. Compare numbers within a section,
not across machines.
`;

/** What a benchmark found, as Markdown without a heading. */
export interface Section {
  readonly title: string;
  readonly body: string;
}

/** Prints a section, and puts it into `bench/RESULTS.md` in the place of the one before unless that is not wanted. */
export function publish(section: Section, { save }: { readonly save: boolean }): void {
  const command = ["npm run bench --", ...process.argv.slice(2)].join(" ");
  const context = [...machineLines(), `Command: \`${command}\``].map((line) => `- ${line}`).join("\n");
  const text = `## ${section.title}\n\n${context}\n\n${section.body.trim()}\n`;
  process.stdout.write(text);
  if (!save) return;
  const before = existsSync(file) ? readFileSync(file, "utf8") : INTRODUCTION;
  writeFileSync(file, withSection(before, section.title, text));
}

/** Replaces the section of that title, or adds it at the end. */
export function withSection(document: string, title: string, text: string): string {
  const [introduction, ...sections] = document.split(/^(?=## )/m);
  const place = sections.findIndex((section) => section.startsWith(`## ${title}\n`));
  if (place < 0) sections.push(text);
  else sections[place] = text;
  return [introduction, ...sections]
    .map((part) => part?.trim())
    .join("\n\n")
    .concat("\n");
}
