import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await runSandbox();
  stripe = sandbox.stripe('sk_test_taxids');
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

it('the account has tax ids of its own, apart from those of its customers', async () => {
  const customer = await stripe.customers.create({ tax_id_data: [{ type: 'eu_vat', value: 'DE123456789' }] });
  const own = await stripe.taxIds.create({ type: 'gb_vat', value: 'GB123456789' });
  expect(own).toMatchObject({ country: 'GB', customer: null, owner: { type: 'self' }, verification: null });
  const owner = { type: 'customer', customer: customer.id } as const;
  const theirs = await stripe.taxIds.create({ type: 'ch_vat', value: 'CHE123456789', owner });
  expect(theirs).toMatchObject({ customer: customer.id, owner });
  const { data: ofTheAccount } = await stripe.taxIds.list({ limit: 100 });
  expect(ofTheAccount[0]?.id).toBe(own.id);
  expect(ofTheAccount.map((one) => one.owner?.type)).not.toContain('customer');
  expect((await stripe.taxIds.list({ owner: { type: 'self' }, limit: 100 })).data).toEqual(ofTheAccount);
  expect((await stripe.taxIds.list({ owner })).data).toEqual((await stripe.customers.listTaxIds(customer.id)).data);
  expect(await stripe.taxIds.retrieve(theirs.id)).toEqual(theirs);
  await expect(stripe.customers.retrieveTaxId(customer.id, own.id)).rejects.toMatchObject({ statusCode: 404 });
});

it('both kinds are deleted by their id, and customers’ ones are told of', async () => {
  const customer = await stripe.customers.create();
  const own = await stripe.taxIds.create({ type: 'us_ein', value: '12-3456789' });
  const theirs = await stripe.customers.createTaxId(customer.id, { type: 'eu_vat', value: 'FR123' });
  expect(await stripe.taxIds.del(own.id)).toMatchObject({ id: own.id, deleted: true });
  expect(await stripe.taxIds.del(theirs.id)).toMatchObject({ id: theirs.id, deleted: true });
  await expect(stripe.taxIds.retrieve(own.id)).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing' });
  const deleted = (await stripe.events.list({ type: 'customer.tax_id.deleted', limit: 100 })).data;
  const ids = deleted.map((event) => (event.data.object as Stripe.TaxId).id);
  expect([ids.includes(theirs.id), ids.includes(own.id)]).toEqual([true, false]);
});

it.each([
  { name: 'a customer who is not there', owner: { type: 'customer', customer: 'cus_x' }, param: 'owner[customer]' },
  { name: 'no customer', owner: { type: 'customer' }, param: 'owner[customer]' },
  { name: 'an application', owner: { type: 'application' }, param: 'owner[type]' },
] as const)('an owner is refused: $name', async ({ owner, param }) => {
  const create = stripe.taxIds.create({ type: 'eu_vat', value: 'DE123456789', owner });
  await expect(create).rejects.toMatchObject({ statusCode: 400, param });
});

it('a number of the European Union names its country, and is refused when none could have given it', async () => {
  const customer = await stripe.customers.create();
  const countries = [];
  for (const value of ['DE123456789', 'EL123456789', 'ATU12345678', 'ESA1234567Z']) {
    countries.push((await stripe.customers.createTaxId(customer.id, { type: 'eu_vat', value })).country);
  }
  expect(countries).toEqual(['DE', 'GR', 'AT', 'ES']);
  for (const value of ['garbage', '123456789', 'US123456789', 'DE']) {
    const refused = stripe.customers.createTaxId(customer.id, { type: 'eu_vat', value });
    await expect(refused).rejects.toMatchObject({ statusCode: 400, code: 'tax_id_invalid' });
  }
});
