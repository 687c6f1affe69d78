/** What else is known of an event, as the server wrote it down. */
type Details = Readonly<Record<string, unknown>>;

type Sentence = (details: Details) => string;

/** The kinds of the trail (src/storage/trail.ts) in words. What a detail lacks is left out of the sentence. */
export const ACTIVITY_WORDS: Readonly<Record<string, Sentence>> = {
  account_made: () => "Your account was made.",
  signed_in: ({ method }) => `You signed in${by(method)}.`,
  sign_in_failed: ({ method }) => `Somebody tried to sign in as you${by(method)}, and failed.`,
  signed_out: ({ elsewhere }) =>
    elsewhere === true ? "You ended your session in another browser." : "You signed out.",
  signed_out_everywhere: () => "You were signed out everywhere.",
  password_changed: () => "Your password was changed.",
  password_reset: () => "Your password was set anew, by a link.",
  passkey_added: ({ name }) => `A passkey${called(name)} was added.`,
  passkey_removed: ({ name }) => `A passkey${called(name)} was removed.`,
  outside_sign_in_linked: ({ name }) => `Signing in by ${text(name, "an outside provider")} was added.`,
  outside_sign_in_unlinked: ({ name }) => `Signing in by ${text(name, "an outside provider")} was removed.`,
  token_made: (details) => `${tokenOf(details)} was made.`,
  token_first_used: (details) => `${tokenOf(details)} was used for the first time.`,
  token_revoked: (details) => `${tokenOf(details)} was revoked.`,
  app_allowed: (details) => `You allowed ${appOf(details)}.`,
  app_denied: (details) => `You did not allow ${appOf(details)}.`,
  app_disconnected: (details) => `You disconnected ${appOf(details)}.`,
  app_family_revoked: (details) =>
    `${capital(appOf(details))} lost its access: something was used twice that may be used once, as after a theft.`,
  client_registered: (details) => `You registered ${appOf(details)} as a developer.`,
  client_changed: (details) => `You changed ${appOf(details)} as a developer.`,
  client_secret_rotated: (details) => `${capital(appOf(details))} was given a new secret.`,
  client_secret_pinned: (details) =>
    `${capital(appOf(details))} showed its secret, which it needs from now on.`,
  client_secret_reset: (details) => `The secret of ${appOf(details)} was forgotten.`,
  client_deleted: (details) => `You deleted ${appOf(details)} as a developer.`,
  exported: () => "You exported everything that is kept about you.",
  erased: () => "An account was erased.",
};

/** An event in a sentence. One that this page does not know is named as the server names it. */
export function activityInWords(kind: string, details: Details): string {
  return ACTIVITY_WORDS[kind]?.(details) ?? `${capital(kind.replaceAll("_", " "))}.`;
}

/** Who was at work beside the person themselves, as the server writes it. */
const BY: Readonly<Record<string, string>> = {
  "command line": "By the command line",
  "the app": "By the app itself",
  "whoever had it": "By somebody who had the token",
  claim: "By the owner's link",
  invitation: "By an invitation",
  "sign-up": "By open sign-up",
};

/** Where an event came from: who did it where that is not plain, and the address. */
export function originInWords({ address, by: who }: Details): string {
  const from = typeof address === "string" ? `from ${address}` : "";
  if (typeof who !== "string") return capital(from);
  const words = BY[who] ?? `By ${who}`;
  return from === "" ? words : `${words}, ${from}`;
}

const METHODS: Readonly<Record<string, string>> = {
  password: "with the password",
  passkey: "with a passkey",
  outside: "through an outside provider",
};

function by(method: unknown): string {
  return typeof method === "string" ? ` ${METHODS[method] ?? `by ${method}`}` : "";
}

function called(name: unknown): string {
  return typeof name === "string" && name !== "" ? ` “${name}”` : "";
}

function text(value: unknown, otherwise: string): string {
  return typeof value === "string" && value !== "" ? value : otherwise;
}

/** An app's token is the app's, one of one's own has a name. */
function tokenOf({ client_name, name }: Details): string {
  return typeof client_name === "string" ? `A token of ${client_name}` : `The token${called(name)}`;
}

function appOf({ client_name, name }: Details): string {
  return text(client_name, text(name, "an app"));
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
