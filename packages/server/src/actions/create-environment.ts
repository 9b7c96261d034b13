import { err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { environmentToJson } from '../json/environment.js';
import { addFirstKey, addNewEnvironment } from '../organizations/new-environment.js';
import { type Problem, problem } from '../problem.js';
import { findDefaultLegalEntity } from '../store/legal-entities.js';
import { ENVIRONMENTS_MAX, listEnvironments } from '../store/organizations.js';

/** Another test environment of the caller's organization, with its first secret key, shown in this answer only (ENV-1). */
export function createEnvironment(
  context: Context,
  command: Command,
  input: { readonly name: string },
): Promise<Result<Answer, Problem>> {
  const { organizationId } = command.environment;
  return asked(context, command, {
    async decide() {
      if ((await listEnvironments(context.db, organizationId)).length >= ENVIRONMENTS_MAX)
        return err(problem('environments_limit', `An organization has up to ${ENVIRONMENTS_MAX} environments.`));
      const changes = new Changes();
      const issuer = await findDefaultLegalEntity(context.db, command.environment.id);
      const issuerName = issuer?.name ?? input.name;
      const about = { organizationId, kind: 'test' as const, name: input.name, issuerName };
      const environment = addNewEnvironment(context, changes, about);
      const secret = addFirstKey(context, changes, environment);
      const entry = {
        action: 'environment.created',
        objectKind: 'environment',
        objectId: environment.id,
        before: null,
        after: environmentToJson(environment),
      };
      // Who looks into the new environment's log finds its beginning there, too.
      const own = { environmentId: environment.id, id: context.newId('auditEntry'), actor: command.actor };
      changes.note({ ...entry, ...own });
      return ok({
        changes,
        audit: [entry],
        outcome: { answer: { status: 201, body: environmentToJson(environment, secret), isSecret: true } },
      });
    },
  });
}
