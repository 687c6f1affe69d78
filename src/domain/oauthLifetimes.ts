/** How long what an app is given holds (section 8 of the wire text), in seconds. All of them fit a signed 32-bit integer. */

const YEAR_SECONDS = 31_536_000;

/** An app redeems its code at once; RFC 6749 section 4.1.2 allows ten minutes, in which a leaked one could be tried. */
export const CODE_SECONDS = 60;

/** The access token of a code grant, which comes with a refresh token, and that of a server. */
export const SHORT_TOKEN_SECONDS = 3_600;

/** The access token of the implicit grant, of a page and of a device: these apps cannot refresh. */
export const LONG_TOKEN_SECONDS = YEAR_SECONDS;

/** Counted anew at each rotation: an app that is used once a year stays connected. */
export const REFRESH_TOKEN_SECONDS = YEAR_SECONDS;

export const DEVICE_CODE_SECONDS = 600;

/** How long a device waits between two polls. */
export const DEVICE_INTERVAL_SECONDS = 3;

/**
 * Apps send the same request twice at once, when a page is reloaded or a connection breaks. A code that is redeemed again within
 * this time, by a request that is right in everything else, is refused and ends nothing; later it was stolen, or its first use was.
 */
export const CODE_TWICE_MS = 2_000;
