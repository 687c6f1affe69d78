import { expectError } from "../answers.ts";

/** What a page of ours is answered when it may not: no other origin can read it. */
const PAGE_ERRORS = {
  malformed: { status: 400, code: 8001 },
  signedOut: { status: 401, code: 8013, message: "not signed in" },
  wrong: { status: 401, code: 8014, message: "the e-mail address or the password is wrong" },
  wrongPassword: { status: 401, code: 8014, message: "the current password is wrong" },
  unknownPasskey: {
    status: 401,
    code: 8014,
    message: "this passkey is not known here, or its owner was not asked to unlock it",
  },
  insecure: { status: 403, code: 8015 },
  otherOrigin: { status: 403, code: 8016 },
  stale: { status: 403, code: 8017, message: "sign in once more to do this" },
  signUp: { status: 403, code: 8018 },
  notFound: { status: 404, code: 8004 },
  conflict: { status: 409, code: 8011 },
  tooMany: { status: 429, code: 8012, message: "too many attempts; try again later" },
  busy: { status: 503, code: 8009 },
} as const;

/** Checks that an answer is this error, that it signs nobody in, and that no other origin may read it. */
export async function expectRefused(
  response: Response,
  name: keyof typeof PAGE_ERRORS,
  message?: string,
): Promise<void> {
  if (response.headers.getSetCookie().length > 0) throw new Error("a refusal sets a cookie");
  await expectError(response, {
    ...PAGE_ERRORS[name],
    ...(message === undefined ? {} : { message }),
    challenge: null,
    otherOrigins: false,
  });
}
