import { minorOf } from '../stage/minor-of.js';
import type { Universe } from '../stage/universe.js';
import { atStripe } from './at-stripe.js';
import type { Rule } from './rule.js';

type Row = Readonly<Record<string, unknown>>;
type Table = 'payments' | 'refunds' | 'disputes' | 'payment_methods' | 'customers';

const rowsOf = (universe: Universe, table: Table): Promise<Row[]> => universe.ask(`select * from ${table}`);

async function paymentsEqual(universe: Universe): Promise<string[]> {
  const payments = await rowsOf(universe, 'payments');
  const intents = atStripe(universe, 'payment_intent');
  const charges = atStripe(universe, 'charge');
  return payments.flatMap((row) => {
    if (row.status !== 'succeeded' || row.kind === 'offline') return [];
    const received = intents.get(row.stripe_payment_intent_id as string)?.amount_received;
    const charge = charges.get(row.stripe_charge_id as string);
    if (received === undefined || charge === undefined) return [`${row.id} succeeded without an intent or a charge`];
    const wrong: string[] = [];
    if (minorOf(received, row.currency) !== row.amount_minor)
      wrong.push(`${row.id} is ${row.amount_minor}, Stripe received ${received}`);
    if (minorOf(charge.amount_refunded, row.currency) !== row.refunded_minor)
      wrong.push(`${row.id} gave back ${row.refunded_minor}, ${charge.id} gave back ${charge.amount_refunded}`);
    return wrong;
  });
}

const REFUND_STATUS: Readonly<Record<string, string>> = { requires_action: 'pending' };

async function refundsEqual(universe: Universe): Promise<string[]> {
  const refunds = await rowsOf(universe, 'refunds');
  const payments = await rowsOf(universe, 'payments');
  const theirs = atStripe(universe, 'refund');
  const ours = new Map(refunds.map((row) => [row.stripe_refund_id, row]));
  const intents = new Set(payments.map((row) => row.stripe_payment_intent_id));
  const wrong = refunds.flatMap((row) => {
    const refund = theirs.get(row.stripe_refund_id as string);
    // One that Stripe refused to make has no twin.
    if (refund === undefined)
      return row.stripe_refund_id === null && row.status === 'failed'
        ? []
        : [`${row.id} ${row.status} is not in Stripe`];
    const status = REFUND_STATUS[refund.status as string] ?? refund.status;
    const isEqual = status === row.status && minorOf(refund.amount, row.currency) === row.amount_minor;
    return isEqual
      ? []
      : [`${row.id} is ${row.amount_minor} ${row.status}, ${refund.id} is ${refund.amount} ${refund.status}`];
  });
  // One made inside Stripe that came and went before we heard of it left nothing.
  const unknown = [...theirs.values()].filter(
    (refund) =>
      intents.has(refund.payment_intent) &&
      !ours.has(refund.id) &&
      !['failed', 'canceled'].includes(`${refund.status}`),
  );
  return [...wrong, ...unknown.map((refund) => `${refund.id} of ${refund.payment_intent} is not ours`)];
}

async function disputesEqual(universe: Universe): Promise<string[]> {
  const disputes = await rowsOf(universe, 'disputes');
  const payments = await rowsOf(universe, 'payments');
  const theirs = atStripe(universe, 'dispute');
  const ours = new Map(disputes.map((row) => [row.stripe_dispute_id, row]));
  const intents = new Set(payments.map((row) => row.stripe_payment_intent_id));
  const strange = disputes.filter((row) => !theirs.has(row.stripe_dispute_id as string));
  return [
    ...strange.map((row) => `${row.id} names ${row.stripe_dispute_id}, which Stripe does not know`),
    ...[...theirs.values()].flatMap((dispute) => {
      if (!intents.has(dispute.payment_intent)) return [];
      const row = ours.get(dispute.id);
      if (row === undefined) return [`${dispute.id} of ${dispute.payment_intent} is not ours`];
      const isEqual = row.status === dispute.status && row.amount_minor === minorOf(dispute.amount, row.currency);
      return isEqual
        ? []
        : [`${row.id} is ${row.amount_minor} ${row.status}, ${dispute.id} is ${dispute.amount} ${dispute.status}`];
    }),
  ];
}

async function customersEqual(universe: Universe): Promise<string[]> {
  const theirs = atStripe(universe, 'customer');
  const cards = atStripe(universe, 'payment_method');
  const methods = await rowsOf(universe, 'payment_methods');
  const linked = (await rowsOf(universe, 'customers')).filter(
    (row) => row.deleted_at === null && row.provider_customer_id !== null,
  );
  return linked.flatMap((row) => {
    const twin = theirs.get(row.provider_customer_id as string);
    if (twin === undefined || twin.deleted === true)
      return [`${row.id} is linked to ${row.provider_customer_id}: gone`];
    const wrong: string[] = [];
    const stamp = (twin.metadata as Record<string, string>).tollbridge_customer;
    if (stamp !== row.id) wrong.push(`${row.id} is linked to ${twin.id}, which is stamped ${stamp}`);
    const own = methods.filter((method) => method.customer_id === row.id);
    const standard = own.find((method) => method.id === row.default_payment_method_id)?.stripe_id ?? null;
    const settings = twin.invoice_settings as { readonly default_payment_method: string | null };
    if (standard !== settings.default_payment_method)
      wrong.push(`${row.id} pays by ${standard}, ${twin.id} by ${settings.default_payment_method}`);
    const kept = own.filter((method) => method.detached_at === null).map((method) => method.stripe_id as string);
    const attached = [...cards.values()].filter((card) => card.customer === twin.id).map((card) => card.id);
    if (kept.sort().join() !== attached.sort().join())
      wrong.push(`${row.id} has the cards ${kept.join()}, ${twin.id} has ${attached.join()}`);
    return wrong;
  });
}

/** What was written last here stands there, whatever arrived late; what Stripe refused to take is told with the customer. */
async function twinsHoldWhatStandsHere(universe: Universe): Promise<string[]> {
  const theirs = atStripe(universe, 'customer');
  const rows = await universe.ask(`
select id, name, emails[1] as email, provider_customer_id as twin
from customers
where deleted_at is null
  and provider_customer_id is not null
  and provider_pushed is not null
  and provider_error is null`);
  return rows.flatMap((row) => {
    const twin = theirs.get(row.twin as string);
    if (twin === undefined || twin.deleted === true) return [];
    const fields = ['name', 'email'] as const;
    return fields.flatMap((field) =>
      // Of one who was linked, what is known at Stripe alone stands there.
      row[field] === null || twin[field] === row[field]
        ? []
        : [`${row.id}: ${field} ${row[field]}, ${twin.id} has ${twin[field]}`],
    );
  });
}

/** A page on which a payer can still pay is an attempt that waits for him, and the other way round. */
async function pagesEqual(universe: Universe): Promise<string[]> {
  const payments = await rowsOf(universe, 'payments');
  const sessions = atStripe(universe, 'checkout.session');
  const waiting = new Set<unknown>();
  const wrong = payments.flatMap((row) => {
    if (row.status !== 'awaiting_payer') return [];
    waiting.add(row.stripe_session_id);
    const session = sessions.get(row.stripe_session_id as string);
    return session?.status === 'open' ? [] : [`${row.id} awaits its payer, its page is ${session?.status}`];
  });
  const open = [...sessions.values()].filter(({ mode, status }) => mode === 'payment' && status === 'open');
  const forgotten = open.filter((session) => !waiting.has(session.id));
  return [...wrong, ...forgotten.map((session) => `${session.id} is open, and no attempt of ours waits on it`)];
}

async function everyIntentHasItsInvoice(universe: Universe): Promise<string[]> {
  const ours = new Map((await rowsOf(universe, 'payments')).map((row) => [row.stripe_payment_intent_id, row.status]));
  return [...atStripe(universe, 'payment_intent').values()]
    .filter((intent) => (intent.metadata as Record<string, string>).tollbridge_payment !== undefined)
    .filter((intent) => intent.status === 'succeeded' && ours.get(intent.id) !== 'succeeded')
    .map((intent) => `${intent.id} succeeded, our payment is ${ours.get(intent.id) ?? 'not there'}`);
}

/** Stripe's word for where an intent stands, and ours for it. */
const STATUS_AT_STRIPE: Readonly<Record<string, readonly string[]>> = {
  succeeded: ['succeeded'],
  processing: ['processing'],
  requires_action: ['requires_action'],
  requires_payment_method: ['failed', 'requires_action', 'awaiting_payer'],
  canceled: ['canceled'],
};

async function stateEqualsStripes(universe: Universe): Promise<string[]> {
  const intents = atStripe(universe, 'payment_intent');
  const rows = await rowsOf(universe, 'payments');
  return rows.flatMap((row) => {
    if (row.stripe_payment_intent_id === null) return [];
    const intent = intents.get(row.stripe_payment_intent_id as string);
    if (intent === undefined) return [`${row.id} names ${row.stripe_payment_intent_id}, which Stripe does not know`];
    const allowed = STATUS_AT_STRIPE[intent.status as string] ?? [];
    return allowed.includes(row.status as string)
      ? []
      : [`${row.id} is ${row.status}, ${intent.id} is ${intent.status}`];
  });
}

/** EVT-1: whatever came twice is one event, and was worked on once. */
async function eventsAreKeptOnce(universe: Universe): Promise<string[]> {
  const rows = await universe.ask(`
select connection_id, payload ->> 'id' as event, count(*)::integer as count
from stripe_events
group by connection_id, payload ->> 'id'
having count(*) > 1`);
  return rows.map((row) => `${row.event} is in the inbox of ${row.connection_id} ${row.count} times`);
}

/** What we hold of Stripe's objects equals what Stripe holds, once nothing is under way. */
export const STRIPE_RULES: readonly Rule[] = [
  ['intents_have_invoices', everyIntentHasItsInvoice],
  ['payments_stand_as_at_stripe', stateEqualsStripes],
  ['payments_equal', paymentsEqual],
  ['refunds_equal', refundsEqual],
  ['disputes_equal', disputesEqual],
  ['customers_equal', customersEqual],
  ['twins_hold_what_stands_here', twinsHoldWhatStandsHere],
  ['pages_equal', pagesEqual],
  ['events_kept_once', eventsAreKeptOnce],
];
