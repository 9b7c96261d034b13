import { type Instant, isoFromInstant } from '@tollbridge/core';
import type { PlatformPlace } from '../stripe-platform.js';
import { boolean, instant, integer, nullable, text } from './column.js';
import type { Database } from './database.js';
import { fromRow, selectList, table } from './table.js';

/**
 * What this installation has at Stripe as a platform: one endpoint for the snapshot events of all accounts that it acts for,
 * and one destination for the thin ones. The secrets are sealed with the row's id as their owner (CON-12).
 */
export interface StripePlatform {
  readonly id: string;
  readonly host: 'stripe' | 'sandbox';
  readonly livemode: boolean;
  /** The platform's own account, by which a key of another platform is known; null while it is not. */
  readonly accountId: string | null;
  readonly endpointId: string | null;
  readonly endpointSecretSealed: string | null;
  readonly destinationId: string | null;
  readonly destinationSecretSealed: string | null;
  /** Who makes them at Stripe at present, since when: two at once would make two of each. */
  readonly madeBy: string | null;
  readonly madeSince: Instant | null;
  /** When somebody last saw to them; null: never to the end. */
  readonly seenToAt: Instant | null;
  readonly version: number;
}

export const stripePlatformsTable = table<StripePlatform>(
  'stripe_platforms',
  {
    id: text(),
    host: text<StripePlatform['host']>(),
    livemode: boolean(),
    accountId: nullable(text()),
    endpointId: nullable(text()),
    endpointSecretSealed: nullable(text()),
    destinationId: nullable(text()),
    destinationSecretSealed: nullable(text()),
    madeBy: nullable(text()),
    madeSince: nullable(instant()),
    seenToAt: nullable(instant()),
    version: integer(),
  },
  { key: ['id'], versioned: true },
);

export async function findStripePlatform(database: Database, id: string): Promise<StripePlatform | null> {
  const [row] = await database.query({
    name: 'find_stripe_platform',
    text: `select ${selectList(stripePlatformsTable)} from stripe_platforms where id = $1`,
    values: [id],
  });
  return row === undefined ? null : fromRow(stripePlatformsTable, row);
}

export async function findStripePlatformAt(database: Database, place: PlatformPlace): Promise<StripePlatform | null> {
  const [row] = await database.query({
    name: 'find_stripe_platform_at',
    text: `select ${selectList(stripePlatformsTable)} from stripe_platforms where host = $1 and livemode = $2`,
    values: [place.host, place.livemode],
  });
  return row === undefined ? null : fromRow(stripePlatformsTable, row);
}

/**
 * Lets one at a time see to the endpoints of a platform: gives the row to whoever asked first, or again to the same one, and
 * null to all others until he is done or `staleBefore` has passed. The first of all makes the row.
 */
export async function reserveStripePlatform(
  database: Database,
  place: PlatformPlace,
  reservation: { readonly id: string; readonly by: string; readonly now: Instant; readonly staleBefore: Instant },
): Promise<StripePlatform | null> {
  const { id, by, now, staleBefore } = reservation;
  const [row] = await database.query({
    name: 'reserve_stripe_platform',
    text: `
insert into stripe_platforms as p (id, host, livemode, made_by, made_since, version)
values ($1, $2, $3, $4, $5, 1)
on conflict (host, livemode) do update
set made_by = $4, made_since = $5, version = p.version + 1
where p.made_by is null
  or p.made_by = $4
  or p.made_since < $6
returning ${selectList(stripePlatformsTable, 'p')}`,
    values: [id, place.host, place.livemode, by, isoFromInstant(now), isoFromInstant(staleBefore)],
  });
  return row === undefined ? null : fromRow(stripePlatformsTable, row);
}
