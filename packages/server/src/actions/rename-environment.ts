import { ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { environmentToJson } from '../json/environment.js';
import { environmentToChange } from '../organizations/environment-asked-for.js';
import type { Problem } from '../problem.js';
import { environmentsTable } from '../store/organizations.js';

/** Gives an environment another name. */
export function renameEnvironment(
  context: Context,
  command: Command,
  input: { readonly id: string; readonly name: string },
): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const environment = await environmentToChange(context, command, input.id);
      if (!environment.ok) return environment;
      const renamed = { ...environment.value, name: input.name };
      const entry = { action: 'environment.renamed', objectKind: 'environment', objectId: input.id };
      return ok({
        changes: new Changes().update(environmentsTable, renamed),
        audit: [{ ...entry, before: environmentToJson(environment.value), after: environmentToJson(renamed) }],
        outcome: { answer: { status: 200, body: environmentToJson(renamed) } },
      });
    },
  });
}
