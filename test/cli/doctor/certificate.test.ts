import { afterAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeCertificate } from "../../support/certificateFiles.ts";
import { throwAwayFolder } from "../../support/server.ts";
import { about, examine } from "./examining.ts";

const parent = throwAwayFolder();
const folder = join(parent, "none");
afterAll(() => rmSync(parent, { recursive: true, force: true }));

test("the doctor says until when a certificate holds, and nothing of certificates where none is named", async () => {
  const { environment } = await writeCertificate(parent, ["localhost"]);
  expect(about("certificate", await examine(folder, { environment }))).toEqual({
    state: "good",
    about: "certificate",
    says: expect.stringMatching(/certificate\.pem holds until \d{4}-\d\d-\d\d$/),
  });
  expect(about("certificate", await examine(folder))).toBeUndefined();
});

test("the doctor says of a certificate with which the server would not start what is wrong", async () => {
  const missing = join(parent, "missing.pem");
  for (const [environment, says] of [
    [{ HEARTWIRE_TLS_CERT: missing }, "HEARTWIRE_TLS_KEY: missing"],
    [
      { HEARTWIRE_TLS_CERT: missing, HEARTWIRE_TLS_KEY: missing },
      `HEARTWIRE_TLS_CERT: ${missing} cannot be read`,
    ],
    [{ HEARTWIRE_TLS_PORT: "4443" }, "HEARTWIRE_TLS_CERT and HEARTWIRE_TLS_KEY: missing"],
  ] as const) {
    const diagnosis = await examine(folder, { environment });
    expect(about("certificate", diagnosis)).toMatchObject({
      state: "wrong",
      says: expect.stringContaining(says),
    });
    expect(diagnosis.code).toBe(1);
  }
});
