import { checkLedger } from '@tollbridge/server/store/ledger-check';
import { moneyViolations } from './invariants-money.js';
import { stripeViolations } from './invariants-stripe.js';
import type { Universe } from './universe.js';

type SandboxObject = Readonly<Record<string, unknown>> & { readonly id: string };

/** What must be true at every moment, in the middle of everything. Gives what is not. */
export async function violationsAlways(universe: Universe): Promise<string[]> {
  return [
    ...(await ledgerHolds(universe)),
    ...(await sequencesHaveNoGap(universe)),
    ...oneStripeCustomerEach(universe),
    ...chargedAtMostOnce(universe, await invoiceTotals(universe)),
  ];
}

/** What must be true once nothing is under way any more. */
export async function violationsAtRest(universe: Universe): Promise<string[]> {
  return [
    ...(await everyIntentHasItsInvoice(universe)),
    ...(await stateEqualsStripes(universe)),
    ...(await stripeViolations(universe)),
    ...(await moneyViolations(universe)),
    ...(await clearingEqualsBalance(universe)),
    ...(await everythingWasTold(universe)),
    ...(await nothingIsLeftOver(universe)),
  ];
}

/** All objects of a type the sandbox holds for our account, as Stripe shows them. */
function sandboxObjects(universe: Universe, type: string): SandboxObject[] {
  return universe.objectsAtStripe(type) as SandboxObject[];
}

const metadataOf = (object: SandboxObject): Record<string, string> => (object.metadata ?? {}) as Record<string, string>;

async function ledgerHolds(universe: Universe): Promise<string[]> {
  return (await checkLedger(universe.database, universe.environmentId)).map(
    (text) => `ledger: ${JSON.stringify(text)}`,
  );
}

async function sequencesHaveNoGap(universe: Universe): Promise<string[]> {
  const rows = await universe.database.query({
    text: `
select object_id, max(sequence)::integer as last, count(*)::integer as count
from events
where environment_id = $1
group by object_id
having max(sequence) <> count(*)`,
    values: [universe.environmentId],
  });
  return rows.map((row) => `events of ${row.object_id} number up to ${row.last}, but there are ${row.count}`);
}

function oneStripeCustomerEach(universe: Universe): string[] {
  const twins = new Map<string, string[]>();
  for (const customer of sandboxObjects(universe, 'customer')) {
    const ours = metadataOf(customer).tollbridge_customer;
    if (ours !== undefined) twins.set(ours, [...(twins.get(ours) ?? []), customer.id]);
  }
  return [...twins]
    .filter(([, ids]) => ids.length > 1)
    .map(([ours, ids]) => `${ours} is in Stripe as ${ids.join(' and ')}`);
}

async function invoiceTotals(universe: Universe): Promise<Map<string, bigint>> {
  const rows = await universe.database.query({
    text: 'select id, total_minor from invoices where environment_id = $1',
    values: [universe.environmentId],
  });
  return new Map(rows.map((row) => [row.id as string, row.total_minor as bigint]));
}

/** Money taken for an invoice, less what went or is going back, is never more than the invoice. */
function chargedAtMostOnce(universe: Universe, totals: ReadonlyMap<string, bigint>): string[] {
  const taken = new Map<string, bigint>();
  const twice: string[] = [];
  for (const charge of sandboxObjects(universe, 'charge')) {
    const invoice = metadataOf(charge).tollbridge_invoice;
    if (invoice === undefined || charge.status !== 'succeeded') continue;
    const kept = BigInt(charge.amount as number) - BigInt(charge.amount_refunded as number);
    taken.set(invoice, (taken.get(invoice) ?? 0n) + kept);
  }
  for (const [invoice, amount] of taken) {
    const total = totals.get(invoice);
    if (total === undefined) twice.push(`${invoice} was charged but is not ours`);
    else if (amount > total) twice.push(`${invoice} of ${total} was charged ${amount}`);
  }
  return twice;
}

async function everyIntentHasItsInvoice(universe: Universe): Promise<string[]> {
  const rows = await universe.database.query({
    text: `select stripe_payment_intent_id as intent, status from payments where environment_id = $1`,
    values: [universe.environmentId],
  });
  const ours = new Map(rows.map((row) => [row.intent as string, row.status as string]));
  return sandboxObjects(universe, 'payment_intent')
    .filter((intent) => metadataOf(intent).tollbridge_payment !== undefined && intent.status === 'succeeded')
    .filter((intent) => ours.get(intent.id) !== 'succeeded')
    .map((intent) => `${intent.id} succeeded, our payment is ${ours.get(intent.id) ?? 'not there'}`);
}

/** Stripe's word for where an intent stands, and ours for it. */
const STATUS_AT_STRIPE: Readonly<Record<string, readonly string[]>> = {
  succeeded: ['succeeded'],
  processing: ['processing'],
  requires_action: ['requires_action'],
  requires_payment_method: ['failed', 'requires_action', 'awaiting_payer'],
  canceled: ['canceled', 'failed'],
};

async function stateEqualsStripes(universe: Universe): Promise<string[]> {
  const rows = await universe.database.query({
    text: `
select id, status, stripe_payment_intent_id as intent
from payments
where environment_id = $1
  and stripe_payment_intent_id is not null`,
    values: [universe.environmentId],
  });
  const intents = new Map(sandboxObjects(universe, 'payment_intent').map((intent) => [intent.id, intent]));
  return rows.flatMap((row) => {
    const intent = intents.get(row.intent as string);
    if (intent === undefined) return [`${row.id} names ${row.intent}, which Stripe does not know`];
    const allowed = STATUS_AT_STRIPE[intent.status as string] ?? [];
    return allowed.includes(row.status as string)
      ? []
      : [`${row.id} is ${row.status}, ${intent.id} is ${intent.status}`];
  });
}

async function clearingEqualsBalance(universe: Universe): Promise<string[]> {
  const nets = new Map<string, bigint>();
  for (const entry of sandboxObjects(universe, 'balance_transaction')) {
    const currency = entry.currency as string;
    nets.set(currency, (nets.get(currency) ?? 0n) + BigInt(entry.net as number));
  }
  const rows = await universe.database.query({
    text: `
select currency, sum(amount_minor)::bigint as amount
from ledger_entries
where environment_id = $1
  and account = 'stripe_clearing'
group by currency`,
    values: [universe.environmentId],
  });
  const books = new Map(rows.map((row) => [row.currency as string, row.amount as bigint]));
  return [...new Set([...nets.keys(), ...books.keys()])]
    .filter((currency) => (nets.get(currency) ?? 0n) !== (books.get(currency) ?? 0n))
    .map(
      (currency) =>
        `clearing in ${currency} is ${books.get(currency) ?? 0n}, Stripe's balance ${nets.get(currency) ?? 0n}`,
    );
}

/** Every promised webhook arrived, and those of one object in the order of their sequence (first arrivals count). */
async function everythingWasTold(universe: Universe): Promise<string[]> {
  const rows = await universe.database.query({
    text: `
select d.event_id, e.type
from webhook_deliveries d
join events e on e.environment_id = d.environment_id and e.id = d.event_id
where d.environment_id = $1`,
    values: [universe.environmentId],
  });
  const firsts = new Map<string, number>();
  const lastOf = new Map<string, { sequence: number; id: string }>();
  const wrong: string[] = [];
  universe.hosts.received.forEach((request, index) => {
    const event = JSON.parse(request.body) as { id: string; object_id: string; sequence: number };
    if (firsts.has(event.id)) return;
    firsts.set(event.id, index);
    const last = lastOf.get(event.object_id);
    if (last !== undefined && last.sequence > event.sequence)
      wrong.push(`${event.id} (number ${event.sequence} of ${event.object_id}) came after number ${last.sequence}`);
    lastOf.set(event.object_id, { sequence: event.sequence, id: event.id });
  });
  const untold = rows.filter((row) => !firsts.has(row.event_id as string));
  return [...wrong, ...untold.map((row) => `${row.event_id} (${row.type}) never arrived`)];
}

async function nothingIsLeftOver(universe: Universe): Promise<string[]> {
  const jobs = await universe.database.query({
    text: 'select kind, dead_at, last_error, due_at, payload from jobs where environment_id = $1',
    values: [universe.environmentId],
  });
  const inbox = await universe.database.query({
    text: `select type, status, last_error from stripe_events where environment_id = $1 and status in ('pending', 'dead')`,
    values: [universe.environmentId],
  });
  return [
    ...jobs.map(
      (job) =>
        `a job is left: ${job.kind} ${job.dead_at === null ? 'waiting' : 'dead'} ${JSON.stringify(job.last_error)} ${JSON.stringify(job.payload)}`,
    ),
    ...inbox.map((event) => `an event is left: ${event.type} ${event.status} ${JSON.stringify(event.last_error)}`),
  ];
}
