import { type Connection, type Instant, isoFromInstant } from '@tollbridge/core';
import type { Actor } from '../changes.js';
import { instant, integer, json, nullable, text, textArray } from './column.js';
import type { Database } from './database.js';
import { fromRow, selectList, table } from './table.js';

/** That somebody was sent to Stripe's page to let our platform into an account. Its secrets are known here by their hashes. */
export interface Consent {
  readonly environmentId: string;
  readonly id: string;
  readonly connectionId: Connection['id'];
  /** Who asked for it. */
  readonly actor: Actor;
  /** Where he wants to be led back to; null: to a page of ours. */
  readonly returnUrl: string | null;
  /** Of the link that begins it. */
  readonly linkHash: string;
  /** Of what Stripe leads back with. */
  readonly stateHash: string;
  /** Of the browsers in which the link was opened: a preview or a second tab takes nothing from the one that comes back. */
  readonly sessionHashes: string[];
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** When something came of it; it counts once. */
  readonly endedAt: Instant | null;
  readonly version: number;
}

export const consentsTable = table<Consent>(
  'consents',
  {
    environmentId: text(),
    id: text(),
    connectionId: text(),
    actor: json<Actor>(),
    returnUrl: nullable(text()),
    linkHash: text(),
    stateHash: text(),
    sessionHashes: textArray(),
    createdAt: instant(),
    expiresAt: instant(),
    endedAt: nullable(instant()),
    version: integer(),
  },
  { key: ['environmentId', 'id'], versioned: true },
);

export const findConsentByLink = (database: Database, linkHash: string): Promise<Consent | null> =>
  findConsent(database, 'link_hash', linkHash);

export const findConsentByState = (database: Database, stateHash: string): Promise<Consent | null> =>
  findConsent(database, 'state_hash', stateHash);

async function findConsent(
  database: Database,
  column: 'link_hash' | 'state_hash',
  hash: string,
): Promise<Consent | null> {
  const [row] = await database.query({
    name: `find_consent_by_${column}`,
    text: `select ${selectList(consentsTable)} from consents where ${column} = $1`,
    values: [hash],
  });
  return row === undefined ? null : fromRow(consentsTable, row);
}

/** Forgets those that ran out before a moment. Gives how many, at most the limit. */
export async function forgetConsents(database: Database, before: Instant, limit: number): Promise<number> {
  const rows = await database.query({
    text: `
delete from consents
where (environment_id, id) in (
  select environment_id, id
  from consents
  where expires_at < $1
  order by expires_at
  limit $2
)
returning 1`,
    values: [isoFromInstant(before), limit],
  });
  return rows.length;
}
