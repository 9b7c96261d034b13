import { all } from '../kills/both-sides.js';
import { countBy } from '../kills/findings.js';
import { until } from '../kills/until.js';
import { askAll, type Race, type RaceResult, refusedBy, type Track, triesOf } from './race.js';

const WAIT_MILLISECONDS_MAX = 60_000;
const CARD_GOOD = 'pm_card_visa';
const CARD_DECLINED = 'pm_card_chargeCustomerFail';

/** One external id, written everywhere at once: one customer here, one at Stripe. */
async function upsert(track: Track): Promise<RaceResult> {
  const externalId = `raced-${track.round}`;
  const body = { external_id: externalId, name: externalId, sync_with_provider: true, sync: true };
  const outcome = await askAll(track, (client) => client.customers.create(body));
  const ids = new Set(outcome.answers.map(({ id }) => id));
  const { data } = await track.tollbridge.customers.list({ external_id: externalId });
  const created = await eventsOf(track, data[0]?.id ?? '', 'customer.created');
  const twins = (await all(track.stripe.customers.list({ limit: 100 }))).filter(
    ({ metadata }) => metadata.tollbridge_customer === data[0]?.id,
  );
  return {
    tries: triesOf(outcome),
    effects: { 'ids answered': ids.size, customers: data.length, twins: twins.length, 'customer.created': created },
    wrong: [...outcome.wrong, ...refusedBy(outcome, ['conflict_persisted'])],
  };
}

/** One draft, finalized everywhere at once: one number, one charge. */
async function finalize(track: Track): Promise<RaceResult> {
  const payer = await track.newPayer('finalize');
  const draft = await newInvoice(track, payer.id, false);
  const before = await nextNumber(track);
  const outcome = await askAll(track, (client) => client.invoices.finalize(draft));
  await untilPaid(track, draft);
  const given = (await nextNumber(track)) - before;
  const told = await eventsOf(track, draft, 'invoice.finalized');
  return {
    tries: triesOf(outcome),
    effects: {
      answers: outcome.answers.length,
      numbers: given,
      'invoice.finalized': told,
      charges: await chargesOf(track, draft),
    },
    wrong: [...outcome.wrong, ...refusedBy(outcome, ['invoice_not_draft', 'conflict_persisted'])],
  };
}

/** One invoice that failed, and a new card: tried again everywhere at once, and charged once. */
async function payAgain(track: Track): Promise<RaceResult> {
  const payer = await track.newPayer('pay', CARD_DECLINED);
  const invoice = await newInvoice(track, payer.id, true);
  await until('a decline', WAIT_MILLISECONDS_MAX, async () =>
    (await track.tollbridge.invoices.get(invoice)).payment_status === 'failed' ? true : null,
  );
  const card = await track.stripe.paymentMethods.attach(CARD_GOOD, { customer: payer.stripeId });
  await track.stripe.customers.update(payer.stripeId, { invoice_settings: { default_payment_method: card.id } });
  // The new card has it collected by itself, too: one more in the race.
  const outcome = await askAll(track, (client) => client.invoices.pay(invoice));
  await untilPaid(track, invoice);
  const rules = ['payment_under_way', 'invoice_not_collectable', 'conflict_persisted', 'payment_not_possible'];
  return {
    tries: triesOf(outcome),
    effects: {
      charges: await chargesOf(track, invoice),
      'invoice.paid': await eventsOf(track, invoice, 'invoice.paid'),
    },
    wrong: [...outcome.wrong, ...refusedBy(outcome, rules)],
  };
}

/** All of one payment, refunded everywhere at once: it goes back once. */
async function refund(track: Track): Promise<RaceResult> {
  const payer = await track.newPayer('refund');
  const invoice = await newInvoice(track, payer.id, true);
  const { total } = await untilPaid(track, invoice);
  const outcome = await askAll(track, (client) => client.refunds.create({ invoice_id: invoice, amount: total }));
  const rules = ['refund_nothing_left', 'refund_amount_too_large', 'conflict_persisted'];
  return {
    tries: triesOf(outcome),
    effects: { answers: outcome.answers.length, ...(await refundsOf(track, invoice)) },
    wrong: [...outcome.wrong, ...refusedBy(outcome, rules)],
  };
}

/** One request with one key, sent to everybody at once: one refund, and the same answer for all. */
async function sameRequest(track: Track): Promise<RaceResult> {
  const payer = await track.newPayer('key');
  const invoice = await newInvoice(track, payer.id, true);
  await untilPaid(track, invoice);
  const idempotencyKey = `races-${track.round}-refund`;
  const body = { invoice_id: invoice, amount: 500 };
  const outcome = await askAll(track, (client) => client.refunds.create(body, { idempotencyKey }));
  const ids = new Set(outcome.answers.map(({ id }) => id));
  return {
    tries: triesOf(outcome),
    effects: { 'ids answered': ids.size, ...(await refundsOf(track, invoice)) },
    wrong: [...outcome.wrong, ...refusedBy(outcome, ['conflict_persisted'])],
  };
}

/** Every event of a whole payment goes to all servers at once, twice to each: each is stored once and told once. */
async function deliver(track: Track): Promise<RaceResult> {
  const before = { events: track.relay.events, deliveries: track.relay.deliveries };
  const payer = await track.newPayer('deliver');
  const invoice = await newInvoice(track, payer.id, true);
  await untilPaid(track, invoice);
  await until('events relayed', WAIT_MILLISECONDS_MAX, async () =>
    track.relay.events > before.events && track.relay.isIdle ? true : null,
  );
  const stored = await all(track.tollbridge.stripeEvents.list({ limit: 100 }));
  return {
    tries: track.relay.deliveries - before.deliveries,
    effects: {
      'invoice.paid': await eventsOf(track, invoice, 'invoice.paid'),
      charges: await chargesOf(track, invoice),
      'copies of an event': Math.max(...countBy(stored, ({ stripe_event_id }) => stripe_event_id).values()),
    },
    wrong: track.relay.refused.splice(0),
  };
}

/** In this order in each round. */
export const RACES: readonly Race[] = [
  { name: 'upserts of one external id', run: upsert },
  { name: 'finalizes of one draft', run: finalize },
  { name: 'pays of one invoice', run: payAgain },
  { name: 'refunds of one payment', run: refund },
  { name: 'one refund under one key', run: sameRequest },
  { name: 'deliveries of each event', run: deliver },
];

async function newInvoice({ tollbridge }: Track, customerId: string, finalize: boolean): Promise<string> {
  const lines = [{ description: 'Seats', unit_amount: 2_000 }];
  return (await tollbridge.invoices.create({ customer_id: customerId, currency: 'eur', lines, finalize })).id;
}

const untilPaid = ({ tollbridge }: Track, invoiceId: string) =>
  until(`the payment of ${invoiceId}`, WAIT_MILLISECONDS_MAX, async () => {
    const invoice = await tollbridge.invoices.get(invoiceId);
    return invoice.status === 'paid' ? invoice : null;
  });

/** Charges at Stripe for an invoice. */
async function chargesOf({ stripe }: Track, invoiceId: string): Promise<number> {
  const intents = await all(stripe.paymentIntents.list({ limit: 100 }));
  return intents.filter((each) => each.status === 'succeeded' && each.metadata.tollbridge_invoice === invoiceId).length;
}

/** Refunds of an invoice's one payment, on both sides. */
async function refundsOf(track: Track, invoiceId: string): Promise<RaceResult['effects']> {
  const refunds = await until('the refunds', WAIT_MILLISECONDS_MAX, async () => {
    const { data } = await track.tollbridge.refunds.list({ invoice_id: invoiceId });
    return data.length > 0 && data.every(({ status }) => status === 'succeeded') ? data : null;
  });
  const { data: payments } = await track.tollbridge.payments.list({ invoice_id: invoiceId, status: 'succeeded' });
  const intent = payments[0]?.stripe_payment_intent_id ?? '';
  const atStripe = await all(track.stripe.refunds.list({ payment_intent: intent, limit: 100 }));
  return { refunds: refunds.length, 'refunds at Stripe': atStripe.length };
}

/** How often the host is promised a message of a type about an object. */
async function eventsOf(
  { tollbridge }: Track,
  objectId: string,
  type: 'customer.created' | 'invoice.finalized' | 'invoice.paid',
) {
  const { data } = await tollbridge.events.list({ object_id: objectId, type, limit: 100 });
  return data.length;
}

async function nextNumber({ tollbridge }: Track): Promise<number> {
  const { data } = await tollbridge.legalEntities.list();
  return data.find(({ is_default }) => is_default)?.next_number ?? 0;
}
