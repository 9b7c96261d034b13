import { err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { apiKeyToJson } from '../json/api-key.js';
import { type Problem, problem } from '../problem.js';
import { apiKeysTable, findApiKey } from '../store/api-keys.js';

/** Revokes a key at once (ENV-4). A key revoked before stays as it is. */
export function revokeApiKey(context: Context, command: Command, id: string): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const key = await findApiKey(context.db, command.environment.id, id);
      if (key === null) return err(problem('not_found', 'There is no such API key.'));
      const revoked = { ...key, revokedAt: key.revokedAt ?? context.clock.machineNow() };
      const entry = { objectKind: 'api_key', objectId: id, before: apiKeyToJson(key), after: apiKeyToJson(revoked) };
      return ok({
        changes: new Changes().update(apiKeysTable, revoked),
        audit: [{ action: 'api_key.revoked', ...entry }],
        outcome: { answer: { status: 200, body: apiKeyToJson(revoked) } },
      });
    },
  });
}
