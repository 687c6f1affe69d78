import { expect, test } from "bun:test";
import { withSection } from "../../bench/results.ts";

const document = "# Results\n\nText.\n\n## Size\n\n12 bytes\n\n## Memory\n\n### Samples\n\n90 MB\n";

test("a benchmark that is run again replaces its own section and no other", () => {
  expect(withSection(document, "Size", "## Size\n\n13 bytes\n")).toBe(document.replace("12", "13"));
  expect(withSection(document, "Memory", "## Memory\n\n80 MB\n")).toBe(
    "# Results\n\nText.\n\n## Size\n\n12 bytes\n\n## Memory\n\n80 MB\n",
  );
});

test("a benchmark that is run for the first time adds its section at the end", () => {
  expect(withSection(document, "Writes", "## Writes\n\n1/s\n")).toBe(`${document}\n## Writes\n\n1/s\n`);
});
