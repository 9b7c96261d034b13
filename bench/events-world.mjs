// What the events are about: customers with cards and paid invoices, here and at the sandbox, and events of their changes,
// signed as Stripe signs them.
import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { post } from './send-all.mjs';
import { forEachOf, stripeSide } from './tollbridge.mjs';

export const SECRET = `whsec_${randomBytes(24).toString('hex')}`;
export const STRIPE_KEY = 'sk_test_sandbox_bench';
const API_VERSION = '2026-10-28.endive';
const AT_ONCE = 12;
/** Invoices of one issuer take turns for their numbers: many at once would be refused (409) rather than wait. */
const INVOICES_AT_ONCE = 2;
const CARDS = ['pm_card_visa', 'pm_card_mastercard'];
const PAID_WITHIN_MILLISECONDS = 60_000;
const LOOK_MILLISECONDS = 100;

/**
 * Connects the sandbox's account by an endpoint made by hand, so that only the benchmark pushes, and events are polled
 * seldom enough not to come in between.
 */
export async function connectAccount(tollbridge) {
  const { id } = await tollbridge.call('POST', '/v1/connections', {
    secret_key: STRIPE_KEY,
    host: 'sandbox',
    webhook_secret: SECRET,
    poll_interval_seconds: 3600,
  });
  return { connectionId: id, stripe: stripeSide(tollbridge.sandboxPort, STRIPE_KEY) };
}

/** Customers who are linked to theirs at the sandbox, each with two cards. */
export function makeCustomers({ tollbridge, stripe }, count) {
  return forEachOf(Array.from({ length: count }), AT_ONCE, async (_, number) => {
    const { id: stripeId } = await stripe('POST', '/v1/customers', { name: `Customer ${number}` });
    const cards = [];
    for (const card of CARDS)
      cards.push(await stripe('POST', `/v1/payment_methods/${card}/attach`, { customer: stripeId }));
    await stripe('POST', `/v1/customers/${stripeId}`, { 'invoice_settings[default_payment_method]': cards[0].id });
    const external = { external_id: `bench-${number}`, currency: 'eur', provider_customer_id: stripeId };
    const { id } = await tollbridge.call('POST', '/v1/customers', external);
    return { id, stripeId, cardIds: cards.map((card) => card.id), defaultIndex: 0 };
  });
}

/** One paid invoice of each of these customers. Gives the ids of the intents that paid them. */
export async function makePayments({ tollbridge }, customers) {
  const invoices = await forEachOf(customers, INVOICES_AT_ONCE, (customer) =>
    tollbridge.call('POST', '/v1/invoices', {
      customer_id: customer.id,
      lines: [{ description: 'Team plan', quantity: '1', unit_amount: '4900', tax_rate_percent: '19' }],
      finalize: true,
    }),
  );
  return forEachOf(invoices, AT_ONCE, async (invoice) => {
    const deadline = performance.now() + PAID_WITHIN_MILLISECONDS;
    while (performance.now() < deadline) {
      const { data } = await tollbridge.call('GET', `/v1/payments?invoice_id=${invoice.id}`);
      if (data[0]?.status === 'succeeded') return data[0].stripe_payment_intent_id;
      await sleep(LOOK_MILLISECONDS);
    }
    throw new Error(`the invoice ${invoice.id} was not paid in time`);
  });
}

let told = 0;

/** An event as Stripe would push it now: the object as it is at this moment. */
export function eventOf(type, object) {
  told += 1;
  return {
    id: `evt_bench_${process.pid}_${told}`,
    object: 'event',
    api_version: API_VERSION,
    created: Math.floor(Date.now() / 1000),
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
}

/** The request that pushes it: https://docs.stripe.com/webhooks#verify-manually */
export function pushOf(event, path) {
  const body = JSON.stringify(event);
  const seconds = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex');
  return post(path, body, { 'stripe-signature': `t=${seconds},v1=${signature}` });
}

/**
 * Changes the objects at the sandbox and gives an event of each change, in a mix that both programs act on: of ten, four
 * customers with another default, two of their cards, three payments that succeeded, one refund made at Stripe.
 */
export async function changeObjects({ stripe }, { customers, intentIds }, count) {
  return forEachOf(Array.from({ length: count }), AT_ONCE, async (_, number) => {
    const turn = Math.floor(number / 10);
    const kind = number % 10;
    if (kind < 4) {
      const customer = customers[(turn * 4 + kind) % customers.length];
      customer.defaultIndex = 1 - customer.defaultIndex;
      const chosen = { 'invoice_settings[default_payment_method]': customer.cardIds[customer.defaultIndex] };
      return eventOf('customer.updated', await stripe('POST', `/v1/customers/${customer.stripeId}`, chosen));
    }
    if (kind < 6) {
      // Half a round away from the same customer's own event.
      const customer = customers[(turn * 2 + kind + Math.floor(customers.length / 2)) % customers.length];
      const fields = { 'metadata[turn]': String(told) };
      return eventOf(
        'payment_method.updated',
        await stripe('POST', `/v1/payment_methods/${customer.cardIds[0]}`, fields),
      );
    }
    const intentId = intentIds[(turn * 3 + kind) % intentIds.length];
    if (kind < 9) return eventOf('payment_intent.succeeded', await stripe('GET', `/v1/payment_intents/${intentId}`));
    return eventOf('refund.created', await stripe('POST', '/v1/refunds', { payment_intent: intentId, amount: '1' }));
  });
}
