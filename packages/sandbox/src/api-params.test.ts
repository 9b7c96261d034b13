import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from './testing/running-sandbox.js';

const key = 'sk_test_apiparams';
let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await runSandbox();
});
afterAll(async () => {
  expect(sandbox.contractMisfits()).toEqual([]);
  await sandbox.close();
});

it('a deletion takes its parameters from the query, as the SDK sends them, and from the body, as curl does', async () => {
  const stripe = sandbox.stripe(key);
  const customer = await stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 1000,
    recurring: { interval: 'month' },
    product_data: { name: 'Hosting' },
  });
  const begin = () => stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  const bySdk = await begin();
  await stripe.subscriptions.cancel(bySdk.id, { prorate: true, invoice_now: true });
  const byCurl = await begin();
  const answer = await sandbox.call('DELETE', `/v1/subscriptions/${byCurl.id}`, {
    key,
    body: 'prorate=true&invoice_now=true',
  });
  expect(answer.status).toBe(200);
  for (const { id } of [bySdk, byCurl]) {
    const { data } = await stripe.invoices.list({ subscription: id });
    expect(data.map((invoice) => invoice.billing_reason)).toEqual(['subscription_update', 'subscription_create']);
  }
  const refused = await sandbox.call('DELETE', `/v1/subscriptions/${bySdk.id}`, { key, body: 'unknown=1' });
  expect([refused.status, refused.body.error]).toMatchObject([400, { code: 'parameter_unknown', param: 'unknown' }]);
});
