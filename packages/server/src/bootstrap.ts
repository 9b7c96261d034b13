import type { Instant } from '@tollbridge/core';
import { Changes } from './changes.js';
import type { Context } from './context.js';
import { newApiKey } from './new-api-key.js';
import { commit } from './store/commit.js';
import { apiKeysTable } from './store/api-keys.js';
import {
  type Environment,
  type EnvironmentKind,
  environmentsTable,
  hasOrganizations,
  organizationsTable,
} from './store/organizations.js';

/**
 * The first start makes an organization with a `production` and a `test` environment (ENV-1) and one secret key for the
 * test one. Gives the secret, to be shown once; null on every later start.
 */
export async function bootstrap(context: Context): Promise<string | null> {
  if (await hasOrganizations(context.db)) return null;
  const now = context.clock.machineNow();
  const organizationId = context.newId('organization');
  const changes = new Changes();
  changes.insert(organizationsTable, { id: organizationId, name: 'My company', createdAt: now, version: 1 });
  const environments = (['production', 'test'] as const).map((kind) =>
    newEnvironment(context, { organizationId, kind, name: kind === 'production' ? 'Production' : 'Test', now }),
  );
  changes.insert(environmentsTable, ...environments);
  const test = environments.find((environment) => environment.kind === 'test') as Environment;
  const { key, secret } = newApiKey(context, test, { name: 'First key', scopes: ['read', 'write'] });
  changes.insert(apiKeysTable, key);
  await commit(context.db, changes, now);
  return secret;
}

/** A new environment on the real clock. */
export function newEnvironment(
  context: Context,
  input: { organizationId: string; kind: EnvironmentKind; name: string; now: Instant },
): Environment {
  return {
    id: context.newId('environment'),
    organizationId: input.organizationId,
    kind: input.kind,
    name: input.name,
    clockMode: 'real',
    clockOffsetMilliseconds: 0n,
    clockFrozenAt: null,
    allowPrivateWebhookUrls: false,
    createdAt: input.now,
    version: 1,
  };
}
