/** Where the parts of the authorization server are, below the issuer. */
export const OAUTH_PATHS = {
  authorize: "/oauth2/authorize",
  token: "/oauth2/token",
  revoke: "/oauth2/revoke",
  introspect: "/oauth2/introspect",
  deviceAuthorization: "/oauth2/device_authorization",
  deviceConsent: "/oauth2/device_authorization_consent",
  metadata: "/.well-known/oauth-authorization-server",
} as const;

export const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
