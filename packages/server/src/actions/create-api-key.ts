import { ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { apiKeyToJson } from '../json/api-key.js';
import { type CreateApiKeyInput, newApiKey } from '../organizations/new-api-key.js';
import type { Problem } from '../problem.js';
import { apiKeysTable } from '../store/api-keys.js';

/**
 * Makes a secret API key (ENV-4). The answer is the only place where the secret is shown; kept for its
 * idempotency key, it is sealed.
 */
export function createApiKey(
  context: Context,
  command: Command,
  input: CreateApiKeyInput,
): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const { key, secret } = newApiKey(context, command.environment, input);
      return ok({
        changes: new Changes().insert(apiKeysTable, key),
        audit: [
          {
            action: 'api_key.created',
            objectKind: 'api_key',
            objectId: key.id,
            before: null,
            after: apiKeyToJson(key),
          },
        ],
        outcome: { answer: { status: 201, body: apiKeyToJson(key, secret), isSecret: true } },
      });
    },
  });
}
