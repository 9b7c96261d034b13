import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { apiKeyToJson } from '../json/api-key.js';
import { apiKeysTable } from '../store/api-keys.js';
import { commit } from '../store/commit.js';
import type { Environment } from '../store/organizations.js';
import { type CreateApiKeyInput, newApiKey } from './new-api-key.js';

/**
 * A secret API key that nobody asked for by the API: whoever runs the installation makes it (`../create-api-key.ts`). This is
 * how the production environment gets its first one, because a key has no rights outside its own environment (ENV-4). Gives
 * the secret, to be shown this once.
 */
export async function issueApiKey(
  context: Pick<Context, 'db' | 'clock' | 'newId' | 'randomBytes'>,
  environment: Pick<Environment, 'id' | 'kind'>,
  input: CreateApiKeyInput,
): Promise<string> {
  const { key, secret } = newApiKey(context, environment, input);
  const changes = new Changes().insert(apiKeysTable, key).note({
    environmentId: environment.id,
    id: context.newId('auditEntry'),
    actor: { kind: 'system', id: null, address: null, requestId: null },
    action: 'api_key.created',
    objectKind: 'api_key',
    objectId: key.id,
    before: null,
    after: apiKeyToJson(key),
  });
  await commit(context.db, changes, key.createdAt);
  return secret;
}
