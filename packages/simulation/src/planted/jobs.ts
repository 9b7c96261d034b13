import type { Database } from '@tollbridge/server/store/database';
import { rowsOfClause } from '../stage/statement-shape.js';
import type { PlantedFault } from './planted-fault.js';
import { hasClause, withStatements, withText } from './statements.js';

/** Faults of work that must be done once, and not be lost. */
export const JOB_FAULTS: readonly PlantedFault[] = [
  {
    name: 'delivery_lost_on_crash',
    thread: 'https://github.com/mohamedboukari/bunmail/issues/184',
    breaks: 'What hosts are told is queued after the commit that it tells of: a crash between the two loses it.',
    caughtBy: ['everything_was_told'],
    shortStory: { seed: 6, actions: ['invoice_create'], faults: ['crash'], steps: 25 },
    caughtAt: { seed: 1, seedsPlayed: 1, rule: 'everything_was_told' },
    plant: ({ context, ...rest }, acts) => ({
      ...rest,
      context: { ...context, db: queueingAfterwards(context.db, acts) },
    }),
  },
  {
    name: 'job_done_twice_after_lease',
    thread: 'https://github.com/zerocracy/farm/pull/1587',
    breaks: 'Leases are not renewed, and whoever lost one ends the job all the same, beside the one who has it now.',
    caughtBy: ['job_done_once'],
    shortStory: { seed: 2, actions: ['invoice_create', 'time_passes'], faults: ['none', 'late_answer'], steps: 40 },
    caughtAt: { seed: 1, seedsPlayed: 1, rule: 'job_done_once' },
    plant: ({ context, ...rest }, acts) => ({ ...rest, context: { ...context, db: withoutLeases(context.db, acts) } }),
  },
];

const DELIVERY_JOBS = /insert_delivery_jobs as \(\n[\s\S]*?\nreturning 1\n\)/;
const NO_JOBS = 'insert_delivery_jobs as (\nselect 1\nwhere false\n)';

const queueingAfterwards = (database: Database, acts: () => void): Database => ({
  ...database,
  async query(statement) {
    if (!hasClause(statement, 'new_events')) return database.query(statement);
    acts();
    const rows = await database.query(withText(statement, (text) => text.replace(DELIVERY_JOBS, NO_JOBS)));
    const events = rowsOfClause(statement, 'new_events').map(({ id }) => id);
    await database.query({ text: QUEUE_DELIVERIES, values: [events] });
    return rows;
  },
});

const QUEUE_DELIVERIES = `
insert into jobs (environment_id, id, lane, kind, key, payload, due_at, attempts, attempts_max, created_at)
select d.environment_id, 'job_' || substr(d.id, 5), 'delivery', 'deliver_webhook',
  'delivery ' || d.endpoint_id || ' ' || e.object_id,
  jsonb_build_object('deliveryId', d.id, 'endpointId', d.endpoint_id), d.created_at, 0, 1000, d.created_at
from webhook_deliveries d
join events e on e.environment_id = d.environment_id
  and e.id = d.event_id
where d.event_id = any($1::text[])
order by e.seq`;

const ASKED_WHOSE = '\n  and j.lease_token = r.lease_token\nreturning 1';
const COUNTED_HELD = /\(select count\(\*\) from (?:finish|postpone|bury)_jobs\), (\$\d+::bigint)/g;

/** No lease is renewed, although everybody believes it, and at the end of a job nobody asks whose it is. */
const withoutLeases = (database: Database, acts: () => void): Database => {
  const unasked = withStatements(database, {
    statement: (statement) =>
      withText(statement, (text) => text.replaceAll(ASKED_WHOSE, '\nreturning 1').replaceAll(COUNTED_HELD, '$1, $1')),
  });
  return {
    ...unasked,
    async query(statement) {
      if (statement.name !== 'extend_leases') return unasked.query(statement);
      acts();
      const [ids, tokens] = (statement.values ?? []).slice(2) as [readonly string[], readonly string[]];
      return ids.map((id, index) => ({ id, lease_token: tokens[index], is_extended: true }));
    },
  };
};
