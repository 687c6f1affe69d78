import { isLoopbackRedirect, isRegisteredRedirect } from "../../domain/redirectUri.ts";
import type { KnownApp } from "./app.ts";
import { OAuthRefused } from "./refusal.ts";

/** Where an app is answered. */
export interface Redirect {
  readonly uri: string;
  /** Whether the request named it: then the token request must name it too. */
  readonly isGiven: boolean;
}

/** In which part of the address the answer stands. */
export type AnswerPlace = "query" | "fragment";

/**
 * Finds the address to which an app is sent back: one that it registered, or for an adopted app any of the person's own machine.
 *
 * @param isPage whether the answer is shown on a page of ours, and the app needs none
 * @throws OAuthRefused malformed
 */
export function readRedirect(
  { isVerified, redirectUris }: KnownApp,
  given: string | undefined,
  isPage: boolean,
): Redirect | undefined {
  if (given === undefined) {
    if (isPage) return undefined;
    const [only, ...more] = redirectUris;
    // RFC 6749 section 3.1.2.3: it may be left out where there is but one.
    if (only !== undefined && more.length === 0) return { uri: only, isGiven: false };
    throw new OAuthRefused("malformed", "redirect_uri: expected a value");
  }
  if (isVerified ? isRegisteredRedirect(given, redirectUris) : isLoopbackRedirect(given)) {
    return { uri: given, isGiven: true };
  }
  // An adopted app names the address that Pulsoid knows, which nobody is sent to when the token is shown on a page.
  if (isPage && !isVerified) return undefined;
  throw new OAuthRefused(
    "malformed",
    isVerified
      ? "redirect_uri: expected one that this app registered, exactly"
      : "redirect_uri: expected http on 127.0.0.1, [::1] or localhost, because this server cannot verify the app",
  );
}

/** Writes an answer to an app into its address (RFC 6749 sections 4.1.2 and 4.2.2). What is undefined is left out. */
export function answerAddress(
  { uri }: Redirect,
  place: AnswerPlace,
  answer: Readonly<Record<string, string | number | undefined>>,
): string {
  const written = new URLSearchParams();
  for (const [name, value] of Object.entries(answer)) {
    if (value !== undefined) written.set(name, String(value));
  }
  const separator = place === "fragment" ? "#" : uri.includes("?") ? "&" : "?";
  // Not every app reads a plus as a space; all of them read %20.
  return `${uri}${separator}${written.toString().replaceAll("+", "%20")}`;
}
