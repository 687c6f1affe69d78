import { AUTHORITY_NAME } from "./authorityName.ts";
import { authorityExtensions, serverExtensions } from "./extensions.ts";
import { exportKey, keyIdOf, makeKeys, nameOf, sign } from "./signing.ts";

const DAY_MS = 86_400_000;

/** Apple refuses certificates of more than 825 days, and public authorities give no more than 398. */
const LIFETIME_MS = 397 * DAY_MS;

/** The clock of another machine that looks at the certificate may be behind this much. */
const CLOCK_ERROR_MS = 3_600_000;

/** A certificate for servers, and the authority that signed it, as PEM. */
export interface Issued {
  /** The authority's own certificate, which goes into the trust of a machine. Its key is gone. */
  readonly authority: string;
  readonly certificate: string;
  /** The key of `certificate`. */
  readonly key: string;
}

/**
 * Makes an authority that is constrained to these hosts, and has it sign one certificate for all of them. The authority's
 * key is made so that it cannot leave this process' memory, and nothing refers to it when this function returns: nobody,
 * and Heartwire neither, can sign a second certificate with it. Both hold for 397 days.
 *
 * @param now from when on they hold, less an hour
 */
export async function issue(hosts: readonly string[], now: Date): Promise<Issued> {
  const authorityKeys = await makeKeys({ extractable: false });
  const serverKeys = await makeKeys({ extractable: true });
  const authorityKeyId = await keyIdOf(authorityKeys);
  const notBefore = new Date(now.getTime() - CLOCK_ERROR_MS);
  const lifetime = { notBefore, notAfter: new Date(notBefore.getTime() + LIFETIME_MS) };
  // Two authorities of one name and different keys would be mistaken for each other, so each has a number in its name.
  const issuer = nameOf(
    AUTHORITY_NAME,
    `Authority ${Buffer.from(authorityKeyId).toString("hex").slice(0, 8)}`,
  );
  const authority = await sign(
    {
      ...lifetime,
      issuer,
      subject: issuer,
      subjectKeys: authorityKeys,
      extensions: authorityExtensions(hosts, authorityKeyId),
    },
    authorityKeys.privateKey,
  );
  const certificate = await sign(
    {
      ...lifetime,
      issuer,
      subject: nameOf(hosts[0] as string),
      subjectKeys: serverKeys,
      extensions: serverExtensions(hosts, await keyIdOf(serverKeys), authorityKeyId),
    },
    authorityKeys.privateKey,
  );
  return { authority, certificate, key: await exportKey(serverKeys.privateKey) };
}
