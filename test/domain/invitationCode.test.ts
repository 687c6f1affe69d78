import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  INVITATION_CODE_BYTES,
  makeInvitationCode,
  readInvitationCode,
} from "../../src/domain/invitationCode.ts";

const bytes = fc.uint8Array({ minLength: INVITATION_CODE_BYTES, maxLength: INVITATION_CODE_BYTES });

test("a code is read as it was made, however it is typed", () => {
  fc.assert(
    fc.property(bytes, (random) => {
      const code = makeInvitationCode(random);
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
      const typed = code.replaceAll("-", "").toLowerCase().replaceAll("0", "O").replaceAll("1", "i");
      expect([readInvitationCode(code), readInvitationCode(` ${typed} `)]).toEqual([code, code]);
    }),
  );
});

test("what is no code is none", () => {
  for (const text of ["", "K7QF-2M9X-PT4", "K7QF-2M9X-PT4HA", "K7QF-2M9X-PT4U", "💓💓💓💓💓💓"]) {
    expect(readInvitationCode(text)).toBeUndefined();
  }
});
