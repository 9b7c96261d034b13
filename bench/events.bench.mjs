// Stripe's events APPLIED in a second, end to end over HTTP, beside @supabase/stripe-sync-engine on the same PostgreSQL, with
// the same events and the same sandbox. Ours are applied when the inbox has none that waits and the work table is empty;
// the peer applies before it answers. Then how many final states are right after deliveries that Stripe does not order.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { playHistories } from './events-histories.mjs';
import { heldByPeer, installPeer, startPeer } from './events-peer.mjs';
import { changeObjects, connectAccount, makeCustomers, makePayments, pushOf } from './events-world.mjs';
import { summary } from './figures.mjs';
import { throwawayDatabase, WITHOUT_POSTGRES, withRole } from './postgres.mjs';
import { processorSeconds } from './program.mjs';
import { sendAll } from './send-all.mjs';
import { startTollbridge } from './tollbridge.mjs';

export const title = "Stripe's events applied, beside @supabase/stripe-sync-engine 0.48.5, on PostgreSQL";

const numberOf = (name, otherwise) => Number(process.env[name] ?? otherwise);
const ROUNDS = numberOf('BENCH_ROUNDS', 3);
const EVENTS_PER_ROUND = numberOf('BENCH_EVENTS', 600);
const CONNECTIONS = (process.env.BENCH_CONNECTIONS ?? '1 8 32').split(' ').map(Number);
const CUSTOMERS = 240;
const PAYMENTS = 180;
const HISTORIES = numberOf('BENCH_HISTORIES', 1_000);
/** `ours` leaves the peer out: for a profile of our server alone. */
const ONLY_OURS = process.env.BENCH_ONLY === 'ours';
const TIMES_THE_PEER = 2;
const DRAINED_WITHIN_MILLISECONDS = 120_000;
const LOOK_MILLISECONDS = 10;

export async function run() {
  const database = await throwawayDatabase();
  if (database === null) return [{ what: WITHOUT_POSTGRES, median: 0, unit: '' }];
  if (!ONLY_OURS) installPeer();
  // The peer's migrations give a function to the role "postgres".
  const closers = [await withRole('postgres'), () => database.drop()];
  try {
    const tollbridge = await startTollbridge(database.url);
    closers.push(() => tollbridge.end());
    const inbox = new pg.Client({ connectionString: database.url });
    await inbox.connect();
    closers.push(() => inbox.end());
    const world = { tollbridge, ...(await connectAccount(tollbridge)) };
    const systems = [ourSystem(world, inbox)];
    if (!ONLY_OURS)
      for (const refetch of ['off', 'on']) {
        const peer = await startPeer({ databaseUrl: database.url, sandboxPort: tollbridge.sandboxPort, refetch });
        closers.push(() => peer.end());
        systems.push(peerSystem(peer, { refetch, databaseUrl: database.url }));
      }
    const customers = await makeCustomers(world, Math.max(CUSTOMERS, HISTORIES));
    const few = customers.slice(0, CUSTOMERS);
    const intentIds = await makePayments(world, few.slice(0, PAYMENTS));
    await drained(inbox);
    return [
      ...(await throughput(world, systems, { customers: few, intentIds })),
      ...(await correctness(world, systems, customers.slice(0, HISTORIES))),
    ];
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

function ourSystem({ tollbridge, connectionId }, inbox) {
  return {
    name: 'here',
    pid: tollbridge.pid,
    port: tollbridge.port,
    path: `/stripe/webhooks/${connectionId}`,
    settled: () => drained(inbox),
    demandApplied: () => demandApplied(inbox),
    held: () => heldHere(inbox),
  };
}

function peerSystem({ pid, port }, { refetch, databaseUrl }) {
  const settled = async () => {};
  const name = `peer, refetch ${refetch}`;
  return { name, pid, port, path: '/webhooks', settled, demandApplied: settled, held: () => heldByPeer(databaseUrl) };
}

/** Until no event waits and no work is left. */
async function drained(inbox) {
  const deadline = performance.now() + DRAINED_WITHIN_MILLISECONDS;
  while (performance.now() < deadline) {
    const { rows } = await inbox.query(`
select not exists (select from jobs where dead_at is null) and not exists (select from stripe_events where status = 'pending')
  as is_drained`);
    if (rows[0].is_drained) return;
    await sleep(LOOK_MILLISECONDS);
  }
  throw new Error('the inbox was not drained in time');
}

/** What is passed over as not ours would be fast, and no measurement. */
async function demandApplied(inbox) {
  const { rows } = await inbox.query(`
select type, status, last_error
from stripe_events
where stripe_event_id like 'evt_bench_%'
  and status <> 'applied'
limit 1`);
  if (rows.length > 0) throw new Error(`An event was not applied: ${JSON.stringify(rows[0])}`);
}

/** The systems in turn, round by round, each with changes of its own at the sandbox. */
async function throughput(world, systems, objects) {
  const figures = new Map();
  const note = (what, value) => figures.set(what, [...(figures.get(what) ?? []), value]);
  for (let round = -1; round < ROUNDS; round += 1)
    for (const connections of CONNECTIONS)
      for (const { name, pid, port, path, settled, demandApplied } of systems) {
        const events = await changeObjects(world, objects, EVENTS_PER_ROUND);
        const requests = events.map((event) => pushOf(event, path));
        const before = processorSeconds(pid);
        const started = performance.now();
        const { seconds } = await sendAll(requests, { port, connections });
        await settled();
        const all = (performance.now() - started) / 1000;
        await demandApplied();
        // The first round only warms up.
        if (round < 0) continue;
        note(`${name}, ${connections} connections`, events.length / all);
        note(`${name}, ${connections} connections, answered`, events.length / seconds);
        note(
          `${name}, ${connections} connections, processor`,
          ((processorSeconds(pid) - before) * 1e6) / events.length,
        );
      }
  return [...throughputRows(systems, figures)];
}

function* throughputRows(systems, figures) {
  for (const connections of CONNECTIONS) {
    for (const { name } of systems) {
      const what = `${name}, ${connections} connections`;
      yield summary(`${what}: applied`, figures.get(what), '/s');
      if (name === 'here') yield summary(`${what}: answered`, figures.get(`${what}, answered`), '/s');
      yield summary(`${what}: processor time of one`, figures.get(`${what}, processor`), 'µs');
    }
    const [here, ...peers] = systems;
    for (const peer of peers) {
      const ratios = figures
        .get(`${here.name}, ${connections} connections`)
        .map((figure, round) => figure / figures.get(`${peer.name}, ${connections} connections`)[round]);
      const goal = connections === 32 ? { atLeast: TIMES_THE_PEER } : {};
      yield summary(`here : ${peer.name}, ${connections} connections`, ratios, 'x', { digits: 2, ...goal });
    }
  }
}

async function correctness(world, systems, customers) {
  const rows = [];
  for (const system of systems) {
    const { right, judged, deliveries, withTies } = await playHistories(world, system, customers);
    const what = `${system.name}: final states right of ${judged} histories (${deliveries} deliveries, ${withTies} with ties)`;
    const share = Math.floor((10_000 * right) / judged) / 100;
    rows.push({ what, median: share, unit: '%', ...(system.name === 'here' ? { atLeast: 100 } : {}) });
  }
  return rows;
}

/** Our picture of the twins, in the words of `events-histories.mjs`. */
async function heldHere(inbox) {
  const customers = await inbox.query(`
select c.provider_customer_id as id, m.stripe_id as "defaultId"
from customers c
left join payment_methods m on m.environment_id = c.environment_id
  and m.id = c.default_payment_method_id
where c.provider_customer_id is not null`);
  const methods = await inbox.query(`
select m.stripe_id as id, case when m.detached_at is not null then null else c.provider_customer_id end as customer
from payment_methods m
join customers c on c.environment_id = m.environment_id
  and c.id = m.customer_id`);
  return {
    defaultOf: new Map(customers.rows.map((row) => [row.id, row.defaultId])),
    customerOf: new Map(methods.rows.map((row) => [row.id, row.customer])),
  };
}
