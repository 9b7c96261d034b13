import { Changes } from './changes.js';
import type { Context } from './context.js';
import { addFirstKey, addNewEnvironment } from './organizations/new-environment.js';
import { commit } from './store/commit.js';
import { ConstraintViolation } from './store/database.js';
import { type Environment, hasOrganizations, organizationsTable } from './store/organizations.js';

/**
 * The first start makes what every installation needs (ENV-1): an organization, its `production` and a `test`
 * environment, and a secret key of the latter. Gives that secret to be shown this once; null at every later start.
 */
export async function bootstrap(context: Context): Promise<string | null> {
  if (await hasOrganizations(context.db)) return null;
  const changes = new Changes();
  const organizationId = context.newId('organization');
  const createdAt = context.clock.machineNow();
  const name = 'My company';
  changes.insert(organizationsTable, { id: organizationId, name, isFirst: true, createdAt, version: 1 });
  const input = { organizationId, issuerName: name };
  const production = addNewEnvironment(context, changes, { ...input, kind: 'production', name: 'Production' });
  const test = addNewEnvironment(context, changes, { ...input, kind: 'test', name: 'Test' });
  const secret = addFirstKey(context, changes, test);
  for (const environment of [production, test]) noteCreation(context, changes, environment);
  try {
    await commit(context.db, changes, createdAt);
  } catch (error) {
    // Another process of the same first start was there before: it shows the key.
    if (error instanceof ConstraintViolation && error.constraint === 'one_first_organization') return null;
    throw error;
  }
  return secret;
}

function noteCreation(context: Context, changes: Changes, environment: Environment): void {
  changes.note({
    environmentId: environment.id,
    id: context.newId('auditEntry'),
    actor: { kind: 'system', id: null, address: null, requestId: null },
    action: 'environment.created',
    objectKind: 'environment',
    objectId: environment.id,
    before: null,
    after: { kind: environment.kind, name: environment.name },
  });
}
