import type { Universe } from '../stage/universe.js';
import { overtaken } from './message-order.js';
import type { Rule } from './rule.js';

/** Every promised webhook arrived, and those of one object in order, as far as that is promised. */
async function everythingWasTold(universe: Universe): Promise<string[]> {
  const rows = await universe.ask(`
select d.event_id, e.type, w.url
from webhook_deliveries d
join events e on e.environment_id = d.environment_id
  and e.id = d.event_id
join webhook_endpoints w on w.environment_id = d.environment_id
  and w.id = d.endpoint_id
where w.status = 'enabled'`);
  const shared = new Set(await sharedAddresses(universe));
  const { sendings, received } = universe.hosts;
  const wrong = overtaken(sendings, (url) => !shared.has(url));
  const arrived = new Set(received.map(({ url, body }) => `${url} ${(JSON.parse(body) as { id: string }).id}`));
  const untold = rows.filter((row) => !arrived.has(`${row.url} ${row.event_id}`));
  return [...wrong, ...untold.map((row) => `${row.event_id} (${row.type}) never arrived at ${row.url}`)];
}

/** Two endpoints at one address, as after a request that was repeated when its key was forgotten: each has an order of its own. */
async function sharedAddresses(universe: Universe): Promise<unknown[]> {
  const rows = await universe.ask('select url from webhook_endpoints group by url having count(*) > 1');
  return rows.map(({ url }) => url);
}

async function nothingIsLeftOver(universe: Universe): Promise<string[]> {
  const jobs = await universe.ask('select kind, dead_at, last_error, due_at, payload from jobs');
  const inbox = await universe.ask(
    `select type, status, last_error from stripe_events where status in ('pending', 'dead')`,
  );
  return [
    ...jobs.map(
      (job) =>
        `a job is left: ${job.kind} ${job.dead_at === null ? 'waiting' : 'dead'} ${JSON.stringify(job.last_error)} ${JSON.stringify(job.payload)}`,
    ),
    ...inbox.map((event) => `an event is left: ${event.type} ${event.status} ${JSON.stringify(event.last_error)}`),
  ];
}

/** Once every key is in place again, with all its rights, every connection is. */
async function connectionsAreBack(universe: Universe): Promise<string[]> {
  const rows = await universe.ask(`select id, status, reason from connections where status <> 'connected'`);
  return rows.map((row) => `${row.id} is ${row.status}: ${row.reason}`);
}

/** What an endpoint listens to it was promised, from the first event on that it was promised at all. */
async function everythingWasPromised(universe: Universe): Promise<string[]> {
  const rows = await universe.ask(`
select e.id, e.type, w.url
from events e
join webhook_endpoints w on w.environment_id = e.environment_id
  and w.status = 'enabled'
  and (w.event_types is null or e.type = any(w.event_types))
where e.type not in ('webhook_endpoint.test', 'webhook_endpoint.disabled')
  and e.seq > (
    select min(first.seq)
    from webhook_deliveries d
    join events first on first.environment_id = d.environment_id
      and first.id = d.event_id
    where d.environment_id = w.environment_id
      and d.endpoint_id = w.id
  )
  and not exists (
    select 1
    from webhook_deliveries d
    where d.environment_id = e.environment_id
      and d.event_id = e.id
      and d.endpoint_id = w.id
  )`);
  return rows.map((row) => `${row.id} (${row.type}) was never promised to ${row.url}`);
}

export const TOLD_RULES: readonly Rule[] = [
  ['everything_was_promised', everythingWasPromised],
  ['connections_are_back', connectionsAreBack],
  ['everything_was_told', everythingWasTold],
  ['nothing_is_left', nothingIsLeftOver],
];
