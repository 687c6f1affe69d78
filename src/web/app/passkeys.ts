import { askSession } from "./call.ts";

/** WebAuthn (W3C Web Authentication Level 3), of which a browser speaks in bytes and a server in base64url. */

interface CredentialInJson {
  readonly id: string;
  readonly type: string;
  readonly transports?: readonly string[];
}

interface RequestInJson {
  readonly challenge: string;
  readonly allowCredentials?: readonly CredentialInJson[];
}

interface CreationInJson {
  readonly challenge: string;
  readonly user: { readonly id: string };
  readonly excludeCredentials?: readonly CredentialInJson[];
}

/** Whether this browser and this address know passkeys: they need https, or `localhost`. */
export function knowsPasskeys(): boolean {
  return isSecureContext && typeof PublicKeyCredential === "function";
}

/** Whether the browser can offer passkeys in the list below the e-mail field. */
export async function offersPasskeysInFields(): Promise<boolean> {
  return knowsPasskeys() && ((await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false);
}

/**
 * Signs in with a passkey that the person chooses.
 *
 * @param inField whether it is offered in the field only, and waits until it is chosen there
 * @throws Refused by the server, or a DOMException when the person or the browser ends it
 */
export async function signInWithPasskey(inField: boolean, signal: AbortSignal): Promise<void> {
  const options = await askSession<RequestInJson>("POST", "passkey/options");
  signal.throwIfAborted();
  const credential = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytesOf(options.challenge),
      allowCredentials: described(options.allowCredentials),
    } as PublicKeyCredentialRequestOptions,
    ...(inField ? { mediation: "conditional" as const } : {}),
    signal,
  });
  await askSession("POST", "passkey/sign-in", { response: written(credential as PublicKeyCredential) });
}

/**
 * Makes a passkey on this device, or another one that the browser offers, and adds it to the account.
 *
 * @throws Refused by the server, or a DOMException when the person or the browser ends it
 */
export async function addPasskey(name: string): Promise<void> {
  const options = await askSession<CreationInJson>("POST", "passkey/new-options");
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytesOf(options.challenge),
      user: { ...options.user, id: bytesOf(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    } as unknown as PublicKeyCredentialCreationOptions,
  });
  await askSession("POST", "passkey/new", { name, response: written(credential as PublicKeyCredential) });
}

function described(credentials: readonly CredentialInJson[] = []): PublicKeyCredentialDescriptor[] {
  return credentials.map(
    (one) => ({ ...one, id: bytesOf(one.id) }) as unknown as PublicKeyCredentialDescriptor,
  );
}

/** A credential in the JSON form that servers read. Written out, because older browsers lack `toJSON`. */
function written(credential: PublicKeyCredential): unknown {
  const response = credential.response as AuthenticatorAssertionResponse & AuthenticatorAttestationResponse;
  const known = {
    clientDataJSON: response.clientDataJSON,
    attestationObject: response.attestationObject,
    authenticatorData: response.authenticatorData,
    signature: response.signature,
    userHandle: response.userHandle,
  };
  const bytes = Object.entries(known).filter(
    (entry): entry is [string, ArrayBuffer] => entry[1] instanceof ArrayBuffer,
  );
  return {
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      ...Object.fromEntries(bytes.map(([name, value]) => [name, textOf(value)])),
      ...(response.getTransports === undefined ? {} : { transports: response.getTransports() }),
    },
  };
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer): string {
  const binary = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
