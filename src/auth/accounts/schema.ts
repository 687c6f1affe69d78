/** better-auth's models under the names of our own tables (storage/migrations/0005_accounts.ts). */
export const USER = {
  modelName: "person",
  fields: { emailVerified: "email_verified", createdAt: "created_at", updatedAt: "updated_at" },
} as const;

export const SESSION = {
  modelName: "sign_in_session",
  fields: {
    userId: "person_id",
    expiresAt: "expires_at",
    createdAt: "created_at",
    updatedAt: "updated_at",
    ipAddress: "ip_address",
    userAgent: "user_agent",
  },
} as const;

export const ACCOUNT = {
  modelName: "sign_in_method",
  fields: {
    accountId: "account_id",
    providerId: "provider_id",
    userId: "person_id",
    accessToken: "access_token",
    refreshToken: "refresh_token",
    idToken: "id_token",
    accessTokenExpiresAt: "access_token_expires_at",
    refreshTokenExpiresAt: "refresh_token_expires_at",
    createdAt: "created_at",
    updatedAt: "updated_at",
  },
} as const;

export const VERIFICATION = {
  modelName: "verification",
  fields: { expiresAt: "expires_at", createdAt: "created_at", updatedAt: "updated_at" },
} as const;

export const PASSKEY = {
  passkey: {
    modelName: "passkey",
    fields: {
      publicKey: "public_key",
      userId: "person_id",
      credentialID: "credential_id",
      deviceType: "device_type",
      backedUp: "backed_up",
      createdAt: "created_at",
    },
  },
} as const;
