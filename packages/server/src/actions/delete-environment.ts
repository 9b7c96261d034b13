import { err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { environmentToJson } from '../json/environment.js';
import { environmentToChange } from '../organizations/environment-asked-for.js';
import { type Problem, problem } from '../problem.js';
import { countLiveConnections, environmentsTable } from '../store/organizations.js';

/**
 * Deletes a test environment (ENV-1): its keys stop working at once, and its rows stay. One with connections to Stripe
 * is deleted only when its name was typed as confirmation.
 */
export function deleteEnvironment(
  context: Context,
  command: Command,
  input: { readonly id: string; readonly confirm: string | null },
): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const found = await environmentToChange(context, command, input.id);
      if (!found.ok && found.error.code !== 'environment_of_production') return found;
      if (!found.ok || found.value.kind === 'production')
        return err(problem('production_cannot_be_deleted', 'A production environment cannot be deleted.'));
      const environment = found.value;
      const connections = await countLiveConnections(context.db, environment.id);
      if (connections > 0 && input.confirm !== environment.name)
        return err(
          problem(
            'environment_confirmation_needed',
            `It has ${connections} connection(s) to Stripe. Send its name, "${environment.name}", as "confirm".`,
            { param: 'confirm', details: { connections } },
          ),
        );
      const deleted = { ...environment, deletedAt: context.clock.machineNow() };
      const entry = { action: 'environment.deleted', objectKind: 'environment', objectId: input.id };
      return ok({
        changes: new Changes().update(environmentsTable, deleted),
        audit: [{ ...entry, before: environmentToJson(environment), after: environmentToJson(deleted) }],
        outcome: { answer: { status: 200, body: environmentToJson(deleted) } },
      });
    },
  });
}
