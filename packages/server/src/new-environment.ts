import type { Changes } from './changes.js';
import type { Context } from './context.js';
import { newApiKey } from './new-api-key.js';
import { apiKeysTable } from './store/api-keys.js';
import { type Environment, type EnvironmentKind, environmentsTable } from './store/organizations.js';

export interface NewEnvironmentInput {
  readonly organizationId: string;
  readonly kind: EnvironmentKind;
  readonly name: string;
}

/** A new environment, with nothing in it yet, in the commit that makes it. */
export function addNewEnvironment(context: Context, changes: Changes, input: NewEnvironmentInput): Environment {
  const environment: Environment = {
    ...input,
    id: context.newId('environment'),
    clockMode: 'real',
    clockOffsetMilliseconds: 0n,
    clockFrozenAt: null,
    allowPrivateWebhookUrls: false,
    createdAt: context.clock.machineNow(),
    deletedAt: null,
    version: 1,
  };
  changes.insert(environmentsTable, environment);
  return environment;
}

/** The key by which the environment can be used at all; gives its secret, which is stored nowhere. */
export function addFirstKey(context: Context, changes: Changes, environment: Environment): string {
  const { key, secret } = newApiKey(context, environment, { name: 'First key', scopes: ['read', 'write'] });
  changes.insert(apiKeysTable, key);
  return secret;
}
