import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { april, beginInApril, failNext } from '../testing/april-subscription.js';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';

let billing: Subscribing;

beforeAll(async () => {
  billing = await runSubscribing('holding');
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const hour = 3600;
const { middle, end } = april;

describe('an update that waits for its payment', () => {
  it('behaviour 50: a held update waits for its invoice, and is applied when that is paid', async () => {
    const { clock, item, change, customer, id } = await beginInApril(billing);
    await billing.advance(clock, middle);
    await failNext(billing, customer);
    await billing.news();
    const more = { proration_behavior: 'always_invoice', payment_behavior: 'pending_if_incomplete' } as const;
    const held = await change([{ id: item, quantity: 2 }], more);
    expect(held).toMatchObject({
      status: 'active',
      items: { data: [{ quantity: 1 }] },
      pending_update: { expires_at: middle + 23 * hour, subscription_items: [{ id: item, quantity: 2 }] },
    });
    await billing.stripe.invoices.pay(String(held.latest_invoice), { payment_method: 'pm_card_visa' });
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({
      pending_update: null,
      items: { data: [{ quantity: 2 }] },
    });
    expect(await billing.news()).toContain('customer.subscription.pending_update_applied');
    const metadata = change([], { ...more, metadata: { a: 'b' } });
    await expect(metadata).rejects.toMatchObject({ statusCode: 400, param: 'metadata' });
  });

  it('behaviour 50: a held update that nobody pays is forgotten after 23 hours, and its invoice is void', async () => {
    const { clock, item, change, customer, id } = await beginInApril(billing);
    await billing.advance(clock, middle);
    await failNext(billing, customer);
    const more = { proration_behavior: 'always_invoice', payment_behavior: 'pending_if_incomplete' } as const;
    const held = await change([{ id: item, quantity: 2 }], more);
    await billing.news();
    await billing.advance(clock, middle + 23 * hour);
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({
      pending_update: null,
      status: 'active',
      items: { data: [{ quantity: 1 }] },
    });
    expect(await billing.invoice(held.latest_invoice)).toMatchObject({ status: 'void' });
    expect(await billing.news()).toContain('customer.subscription.pending_update_expired');
  });

  it('behaviours 50, 52: an expired update settles nothing that was owed before it, and what was owed still can be paid', async () => {
    const { clock, item, change, customer, id } = await beginInApril(billing);
    await failNext(billing, customer);
    await billing.advance(clock, end + 2 * hour);
    const late = await billing.stripe.subscriptions.retrieve(id);
    expect(late.status).toBe('past_due');
    const more = { proration_behavior: 'always_invoice', payment_behavior: 'pending_if_incomplete' } as const;
    await change([{ id: item, quantity: 2 }], more);
    const again = await change([{ id: item, quantity: 3 }], more);
    expect(again).toMatchObject({ status: 'past_due', pending_update: { subscription_items: [{ quantity: 3 }] } });
    await billing.advance(clock, end + 26 * hour);
    const forgotten = await billing.stripe.subscriptions.retrieve(id);
    expect(forgotten).toMatchObject({ status: 'past_due', pending_update: null, items: { data: [{ quantity: 1 }] } });
    expect(await billing.invoice(late.latest_invoice)).toMatchObject({ status: 'open' });
    await billing.stripe.invoices.pay(String(late.latest_invoice), { payment_method: 'pm_card_visa' });
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' });
  });

  it('behaviour 50: a held update does not outlive the period or the trial in which it was asked for', async () => {
    const more = { proration_behavior: 'always_invoice', payment_behavior: 'pending_if_incomplete' } as const;
    const { clock, item, change, customer, id } = await beginInApril(billing);
    await billing.advance(clock, end - hour);
    await failNext(billing, customer);
    const held = await change([{ id: item, quantity: 200 }], more);
    expect(held.pending_update).toMatchObject({ expires_at: end });
    await billing.advance(clock, end);
    expect(await billing.stripe.subscriptions.retrieve(id)).toMatchObject({
      pending_update: null,
      items: { data: [{ quantity: 1, current_period_start: end }] },
    });
    expect(await billing.invoice(held.latest_invoice)).toMatchObject({ status: 'void' });
    const trial = await beginInApril(billing, { trial_end: middle });
    const yearly = await billing.price(10_000, { interval: 'year' });
    await billing.advance(trial.clock, middle - hour);
    await failNext(billing, trial.customer);
    const trialed = await trial.change([{ id: trial.item, price: yearly }], { ...more, trial_end: 'now' });
    expect(trialed).toMatchObject({ status: 'trialing', pending_update: { expires_at: middle } });
  });

  it('behaviour 50: a held update that is paid at once is simply done', async () => {
    const { clock, item, change } = await beginInApril(billing);
    await billing.advance(clock, middle);
    await billing.news();
    const more = { proration_behavior: 'always_invoice', payment_behavior: 'pending_if_incomplete' } as const;
    const done = await change([{ id: item, quantity: 2 }], more);
    expect(done).toMatchObject({ pending_update: null, items: { data: [{ quantity: 2 }] } });
    expect(await billing.news()).not.toContain('customer.subscription.pending_update_applied');
  });
});
