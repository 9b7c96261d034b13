import type { Universe } from './universe.js';

type Row = Readonly<Record<string, unknown>>;
type AtStripe = Readonly<Record<string, unknown>> & { readonly id: string };

/** What we hold of Stripe's objects equals what Stripe holds, once nothing is under way. Gives what does not. */
export async function stripeViolations(universe: Universe): Promise<string[]> {
  const payments = await rowsOf(universe, 'payments');
  return [
    ...paymentsEqual(universe, payments),
    ...refundsEqual(universe, await rowsOf(universe, 'refunds'), payments),
    ...disputesEqual(universe, await rowsOf(universe, 'disputes'), payments),
    ...(await customersEqual(universe)),
    ...pagesEqual(universe, payments),
  ];
}

function rowsOf(universe: Universe, table: 'payments' | 'refunds' | 'disputes' | 'payment_methods' | 'customers') {
  return universe.database.query({
    text: `select * from ${table} where environment_id = $1`,
    values: [universe.environmentId],
  });
}

const atStripe = (universe: Universe, type: string): Map<string, AtStripe> =>
  new Map((universe.objectsAtStripe(type) as AtStripe[]).map((object) => [object.id, object]));

const minor = (amount: unknown): bigint => BigInt(amount as number);

/** The currencies of the stories have the same minor units at Stripe and with us. */
function paymentsEqual(universe: Universe, payments: readonly Row[]): string[] {
  const intents = atStripe(universe, 'payment_intent');
  const charges = atStripe(universe, 'charge');
  return payments.flatMap((row) => {
    if (row.status !== 'succeeded' || row.kind === 'offline') return [];
    const received = intents.get(row.stripe_payment_intent_id as string)?.amount_received;
    const charge = charges.get(row.stripe_charge_id as string);
    if (received === undefined || charge === undefined) return [`${row.id} succeeded without an intent or a charge`];
    const wrong: string[] = [];
    if (minor(received) !== row.amount_minor)
      wrong.push(`${row.id} is ${row.amount_minor}, Stripe received ${received}`);
    if (minor(charge.amount_refunded) !== row.refunded_minor)
      wrong.push(`${row.id} gave back ${row.refunded_minor}, ${charge.id} gave back ${charge.amount_refunded}`);
    return wrong;
  });
}

const REFUND_STATUS: Readonly<Record<string, string>> = { requires_action: 'pending' };

function refundsEqual(universe: Universe, refunds: readonly Row[], payments: readonly Row[]): string[] {
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
    const isEqual = status === row.status && minor(refund.amount) === row.amount_minor;
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

function disputesEqual(universe: Universe, disputes: readonly Row[], payments: readonly Row[]): string[] {
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
      const isEqual = row.status === dispute.status && row.amount_minor === minor(dispute.amount);
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

/** A page on which a payer can still pay is an attempt that waits for him, and the other way round. */
function pagesEqual(universe: Universe, payments: readonly Row[]): string[] {
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
