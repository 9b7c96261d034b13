import { defineCollection, type StoredObject } from './collection.js';
import { accountIdOf } from './keys.js';
import type { AccountProfile, Work } from './work.js';

/** What a platform set for itself in its dashboard: how it is called, and where consent may lead back to. */
export interface ApplicationRecord extends StoredObject {
  readonly name: string;
  readonly redirectUris: readonly string[];
}

const applications = defineCollection<ApplicationRecord>({ type: '_application', prefix: 'application' });
export const applicationCollections = [applications];

/** The platform's `client_id`; test mode has one of its own. https://docs.stripe.com/connect/testing */
export const applicationOf = ({ keyBody, livemode }: Pick<AccountProfile, 'keyBody' | 'livemode'>): string =>
  `ca_${accountIdOf(keyBody, livemode).slice('acct_1'.length)}`;

/** Of the platform of this work. */
export const applicationSettings = (work: Work): ApplicationRecord =>
  work.get(applications, applicationOf(work.account)) ?? {
    id: applicationOf(work.account),
    name: 'Sandbox platform',
    redirectUris: [],
  };

export const setApplication = (work: Work, changes: Partial<ApplicationRecord>): ApplicationRecord =>
  work.put(applications, { ...applicationSettings(work), ...changes });

/** The object of the events that tell of a connection. */
export const applicationObject = ({ id, name }: ApplicationRecord) => ({ id, object: 'application', name }) as const;
