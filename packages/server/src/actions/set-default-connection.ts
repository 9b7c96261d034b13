import { err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { connectionToJson } from '../json/connection.js';
import { type Problem, problem } from '../problem.js';
import { connectionsTable, findConnection, findDefaultConnection } from '../store/connections.js';

/** Makes a connection the one that is taken where none is named. */
export function setDefaultConnection(context: Context, command: Command, id: string): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const before = await findConnection(context.db, command.environment.id, id);
      if (before === null) return err(problem('not_found', 'There is no such connection.'));
      const after = { ...before, isDefault: true };
      const changes = new Changes().update(connectionsTable, after);
      const old = await findDefaultConnection(context.db, command.environment.id);
      if (old !== null && old.id !== id) changes.update(connectionsTable, { ...old, isDefault: false });
      const entry = {
        objectKind: 'connection',
        objectId: id,
        before: { default: old?.id ?? null },
        after: { default: id },
      };
      return ok({
        changes,
        audit: [{ action: 'connection.made_default', ...entry }],
        outcome: { answer: { status: 200, body: connectionToJson(after) } },
      });
    },
  });
}
