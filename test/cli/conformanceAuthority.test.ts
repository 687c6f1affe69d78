import { afterAll, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { issue } from "../../src/certificates/authority.ts";
import { writeCertificate } from "../support/certificateFiles.ts";
import { READ_AND_WRITE, startTestServer, throwAwayFolder } from "../support/server.ts";
import { runHeartwire } from "./runHeartwire.ts";

const folder = throwAwayFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("heartwire conformance trusts the authority that it is given beside the usual ones, and not in their place", async () => {
  const certificate = await writeCertificate(folder, ["localhost"]);
  await using secure = await startTestServer({
    environment: { ...certificate.environment, HEARTWIRE_TLS_PORT: "0" },
  });
  const token = await secure.token(READ_AND_WRITE);
  const [usual, another] = [join(folder, "usual.pem"), join(folder, "another.pem")];
  writeFileSync(usual, certificate.authority);
  writeFileSync(another, (await issue(["localhost"], new Date())).authority);
  const words = [
    "conformance",
    "--base",
    String(secure.server.secureUrl),
    "--token",
    token,
    "--only",
    "latest.json",
  ];
  const { stdout } = await runHeartwire([...words, "--ca", another], {
    environment: { NODE_EXTRA_CA_CERTS: usual },
  });
  expect(stdout).toContain("✓ 1 passed");
  expect((await runHeartwire([...words, "--ca", another])).code).toBe(1);
  expect((await runHeartwire([...words, "--ca", usual])).code).toBe(0);
});
