import type { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { apiKeysTable } from '../store/api-keys.js';
import { legalEntitiesTable } from '../store/legal-entities.js';
import { type Environment, type EnvironmentKind, environmentsTable } from '../store/organizations.js';
import { newApiKey } from './new-api-key.js';
import { newLegalEntity } from './new-legal-entity.js';

const NUMBER_PREFIX = 'INV';

export interface NewEnvironmentInput {
  readonly organizationId: string;
  readonly kind: EnvironmentKind;
  readonly name: string;
  /** Who its invoices are issued by until somebody says otherwise. */
  readonly issuerName: string;
}

/** A new environment in the commit that makes it; the only thing in it is who issues its invoices. */
export function addNewEnvironment(context: Context, changes: Changes, input: NewEnvironmentInput): Environment {
  const now = context.clock.machineNow();
  const environment: Environment = {
    id: context.newId('environment'),
    organizationId: input.organizationId,
    kind: input.kind,
    name: input.name,
    clockMode: 'real',
    clockOffsetMilliseconds: 0n,
    clockFrozenAt: null,
    allowPrivateWebhookUrls: false,
    createdAt: now,
    deletedAt: null,
    version: 1,
  };
  const issuer = { name: input.issuerName, numberPrefix: NUMBER_PREFIX, isDefault: true, now };
  changes.insert(environmentsTable, environment);
  changes.insert(legalEntitiesTable, newLegalEntity(context, environment, issuer));
  return environment;
}

/** The key by which the environment can be used at all; gives its secret, which is stored nowhere. */
export function addFirstKey(context: Context, changes: Changes, environment: Environment): string {
  const { key, secret } = newApiKey(context, environment, { name: 'First key', scopes: ['read', 'write'] });
  changes.insert(apiKeysTable, key);
  return secret;
}
