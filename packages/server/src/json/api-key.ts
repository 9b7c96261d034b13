import { isoFromInstant } from '@tollbridge/core';
import type { ApiKey } from '../store/api-keys.js';

export const apiKeyToJson = (key: ApiKey, secret: string | null = null) => ({
  object: 'api_key' as const,
  id: key.id,
  name: key.name,
  hint: key.hint,
  scopes: key.scopes,
  ...(secret === null ? {} : { secret }),
  created_at: isoFromInstant(key.createdAt),
  last_used_at: key.lastUsedAt === null ? null : isoFromInstant(key.lastUsedAt),
  expires_at: key.expiresAt === null ? null : isoFromInstant(key.expiresAt),
  revoked_at: key.revokedAt === null ? null : isoFromInstant(key.revokedAt),
});
