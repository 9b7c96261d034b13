import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../src/testing/running-sandbox.js';

const key = 'sk_test_unserved';

let sandbox: RunningSandbox;
let made: Readonly<Record<string, string>>;

beforeAll(async () => {
  sandbox = await runSandbox();
  const stripe = sandbox.stripe(key);
  const price = await stripe.prices.create({ currency: 'usd', unit_amount: 500, product_data: { name: 'Mug' } });
  const customer = await stripe.customers.create({ email: 'jo@example.com' });
  const intent = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
  const setup = await stripe.setupIntents.create();
  const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
  made = {
    price: price.id,
    intent: intent.id,
    setup: setup.id,
    method: method.id,
    customer: customer.id,
  };
});
afterAll(() => sandbox.close());

const session = 'mode=payment&success_url=https://shop.example/done&line_items[0][quantity]=1&line_items[0][price]=';

const cases: readonly (readonly [param: string, path: string, given: string])[] = [
  ['tax_id_collection', 'checkout/sessions', `${session}<price>&tax_id_collection[enabled]=true`],
  ['customer_update', 'checkout/sessions', `${session}<price>&customer=<customer>&customer_update[name]=auto`],
  ['adaptive_pricing', 'checkout/sessions', `${session}<price>&adaptive_pricing[enabled]=true`],
  ['managed_payments', 'checkout/sessions', `${session}<price>&managed_payments[enabled]=true`],
  ['excluded_payment_method_types', 'checkout/sessions', `${session}<price>&excluded_payment_method_types[0]=card`],
  ['payment_method_configuration', 'checkout/sessions', `${session}<price>&payment_method_configuration=pmc_1`],
  [
    'payment_method_options',
    'checkout/sessions',
    `${session}<price>&payment_method_options[card][setup_future_usage]=off_session`,
  ],
  ['payment_method_configuration', 'payment_intents', 'amount=500&currency=usd&payment_method_configuration=pmc_1'],
  ['allowed_payment_method_types', 'payment_intents/<intent>', 'allowed_payment_method_types[0]=card'],
  ['excluded_payment_method_types', 'payment_intents/<intent>', 'excluded_payment_method_types[0]=card'],
  ['excluded_payment_method_types', 'payment_intents/<intent>/confirm', 'excluded_payment_method_types[0]=card'],
  ['excluded_payment_method_types', 'setup_intents', 'excluded_payment_method_types[0]=card'],
  ['allowed_payment_method_types', 'setup_intents/<setup>', 'allowed_payment_method_types[0]=card'],
  ['payment_method_configuration', 'setup_intents/<setup>', 'payment_method_configuration=pmc_1'],
  ['currency_options', 'prices/<price>', 'currency_options[eur][unit_amount]=1'],
  ['customer_account', 'payment_methods/<method>/attach', 'customer=<customer>&customer_account=acct_1'],
];

describe('a parameter that would change money, ownership or access and is not served is not taken without effect', () => {
  it.each(cases)('%s of POST /v1/%s is refused by its name', async (param, path, given) => {
    const filled = (text: string): string => text.replace(/<(\w+)>/g, (_whole, name) => made[name] ?? '');
    const { status, body } = await sandbox.call('POST', `/v1/${filled(path)}`, { key, body: filled(given) });
    expect([status, body.error?.param, body.error?.message]).toEqual([
      400,
      param,
      `Stripe has the parameter \`${param}\` here; this sandbox does not serve it.`,
    ]);
  });

  it('while what is switched off asks for nothing', async () => {
    const created = await sandbox.stripe(key).checkout.sessions.create({
      mode: 'payment',
      success_url: 'https://shop.example/done',
      line_items: [{ price: made.price ?? '', quantity: 1 }],
      tax_id_collection: { enabled: false },
      adaptive_pricing: { enabled: false },
    });
    expect(created.status).toBe('open');
    expect(sandbox.contractMisfits()).toEqual([]);
  });
});
