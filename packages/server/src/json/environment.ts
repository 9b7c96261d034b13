import { isoFromInstant } from '@tollbridge/core';
import type { Environment } from '../store/organizations.js';

export const environmentToJson = (environment: Environment, secretKey: string | null = null) => ({
  object: 'environment' as const,
  id: environment.id,
  kind: environment.kind,
  name: environment.name,
  allow_private_webhook_urls: environment.allowPrivateWebhookUrls,
  ...(secretKey === null ? {} : { secret_key: secretKey }),
  created_at: isoFromInstant(environment.createdAt),
  deleted_at: environment.deletedAt === null ? null : isoFromInstant(environment.deletedAt),
});
