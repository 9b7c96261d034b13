import { addHours, err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { apiKeyToJson } from '../json/api-key.js';
import { newApiKey } from '../organizations/new-api-key.js';
import { type Problem, problem } from '../problem.js';
import { apiKeysTable, findApiKey } from '../store/api-keys.js';

/** A new secret with the same rights; the old one goes on working for the overlap, 0 to 168 hours (ENV-4). */
export function rotateApiKey(
  context: Context,
  command: Command,
  input: { readonly id: string; readonly overlapHours: number },
): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const old = await findApiKey(context.db, command.environment.id, input.id);
      if (old === null) return err(problem('not_found', 'There is no such API key.'));
      const now = context.clock.machineNow();
      if (old.revokedAt !== null || (old.expiresAt ?? Infinity) <= now)
        return err(problem('api_key_not_active', 'A revoked or expired key cannot be rotated. Make a new one.'));
      const { key, secret } = newApiKey(context, command.environment, { name: old.name, scopes: old.scopes });
      const ending = { ...old, expiresAt: addHours(now, input.overlapHours) };
      const entry = { objectKind: 'api_key', objectId: old.id, before: apiKeyToJson(old), after: apiKeyToJson(ending) };
      return ok({
        changes: new Changes().update(apiKeysTable, ending).insert(apiKeysTable, key),
        audit: [{ action: 'api_key.rotated', ...entry }],
        outcome: { answer: { status: 201, body: apiKeyToJson(key, secret), isSecret: true } },
      });
    },
  });
}
