/** The hosts that apps made for Pulsoid have built in (section 9 of the wire text). */
export const PULSOID_HOSTS: readonly string[] = [
  "pulsoid.net",
  "dev.pulsoid.net",
  "ramiel.pulsoid.net",
  "ramiel2.pulsoid.net",
  "stromno.com",
  "api.stromno.com",
];
