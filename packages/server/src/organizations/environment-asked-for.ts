import { err, ok, type Result } from '@tollbridge/core';
import type { Command } from '../asked.js';
import type { Context } from '../context.js';
import { type Problem, problem } from '../problem.js';
import { type Environment, findEnvironment } from '../store/organizations.js';

/**
 * The environment that a caller wants to change: one of his own organization. Production is changed by its own keys
 * only, so that nobody reaches it with a key made for trying things out.
 * Errors: `not_found`, `environment_of_production`.
 */
export async function environmentToChange(
  context: Context,
  command: Command,
  id: string,
): Promise<Result<Environment, Problem>> {
  const environment = await findEnvironment(context.db, id);
  const { organizationId } = command.environment;
  if (environment === null || environment.deletedAt !== null || environment.organizationId !== organizationId)
    return err(problem('not_found', 'There is no such environment.'));
  if (environment.kind === 'production' && command.environment.id !== environment.id)
    return err(problem('environment_of_production', 'Production is changed by its own keys only.'));
  return ok(environment);
}
