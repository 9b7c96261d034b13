import { describe, expect, test } from 'vitest';
import { addHours, instantOf } from '../time/instant.js';
import type { Customer } from './customer.js';
import { providerCreated, providerFailed, providerRemoved, providerUnknown } from './provider-link.js';
import { type CustomerInput, isPushNeeded, writeCustomer } from './write-customer.js';

const now = instantOf(1_000_000);
const off = { id: 'con_1', createCustomers: false };
const on = { id: 'con_1', createCustomers: true };
const identity = { environmentId: 'env_1', id: 'cus_1', externalId: 'u_1' };

const write = (existing: Customer | null, input: CustomerInput, connection: typeof on | null = off) =>
  writeCustomer({ existing, input, connection, identity, now, machineNow: addHours(now, 1) });

function written(existing: Customer | null, input: CustomerInput, connection: typeof on | null = off) {
  const result = write(existing, input, connection);
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

const error = { code: 'email_invalid', message: 'no', requestId: null };
const linked = (): Customer => providerCreated(written(null, {}, on).customer, 'cus_stripe').customer;

describe('who is made in Stripe', () => {
  test.each<[string, CustomerInput, typeof on | null, boolean]>([
    ['switch off', {}, off, false],
    ['switch on', {}, on, true],
    ['switch off, wanted for him', { syncWithProvider: true }, off, true],
    ['switch on, not wanted for him', { syncWithProvider: false }, on, false],
    ['no connection', {}, null, false],
    ['switch on, but nobody collects from him', { paymentProvider: null }, on, false],
    ['linked to one who is there', { providerCustomerId: 'cus_there' }, on, false],
  ])('CUS-2: a new customer: %s', (_case, input, connection, isToBeCreated) => {
    expect(written(null, input, connection).isToBeCreated).toBe(isToBeCreated);
  });

  test.each<[string, CustomerInput, typeof on, boolean]>([
    ['another name, switch on', { name: 'Ada' }, on, false],
    ['payment_provider named, switch on', { paymentProvider: 'stripe' }, on, true],
    ['payment_provider named, switch off', { paymentProvider: 'stripe' }, off, false],
    ['sync_with_provider named', { syncWithProvider: true }, off, true],
  ])('CUS-2: a customer who was there before the switch went on: %s', (_case, input, connection, isToBeCreated) => {
    const before = written(null, {}).customer;
    expect(written(before, input, connection).isToBeCreated).toBe(isToBeCreated);
  });

  test('while he is being made, another write neither begins anew nor changes the request', () => {
    const begun = written(null, { name: 'Ada' }, on).customer;
    const again = written(begun, { name: 'Ada L.', syncWithProvider: true }, on);
    expect(again.isToBeCreated).toBe(false);
    expect(again.customer).toMatchObject({ name: 'Ada L.', providerGeneration: 1, providerPushed: { name: 'Ada' } });
  });

  test('after a refusal the next write tries again, with a new key', () => {
    const refused = providerFailed(written(null, { emails: ['x'] }, on).customer, error).customer;
    const again = written(refused, { emails: ['ada@example.com'] }, on);
    expect(again.isToBeCreated).toBe(true);
    expect(again.customer).toMatchObject({ providerGeneration: 2, providerError: null });
    expect(again.customer.providerPushed?.email).toBe('ada@example.com');
  });

  test('after the work gave up without an answer the next write goes on under the same key', () => {
    const unknown = providerUnknown(written(null, { name: 'Ada' }, on).customer, error).customer;
    const again = written(unknown, { name: 'Ada L.' }, on);
    expect(again.isToBeCreated).toBe(true);
    expect(again.customer).toMatchObject({ providerGeneration: 1, providerPushed: { name: 'Ada' } });
  });

  test('a twin deleted in Stripe comes back only when a write says so', () => {
    const removed = providerRemoved(linked(), [], now).customer;
    expect(written(removed, { name: 'Ada' }, on).isToBeCreated).toBe(false);
    const again = written(removed, { syncWithProvider: true }, on);
    expect(again.isToBeCreated).toBe(true);
    expect(again.customer.providerGeneration).toBe(2);
  });
});

describe('what is refused', () => {
  test.each<CustomerInput>([
    { paymentProvider: 'stripe' },
    { providerCustomerId: 'cus_x' },
    { syncWithProvider: true },
  ])('Stripe without a connection: %j', (input) => {
    expect(write(null, input, null)).toEqual({ ok: false, error: { code: 'payment_provider_not_connected' } });
  });

  test.each<CustomerInput>([{ paymentProvider: null }, { providerCustomerId: 'cus_other' }])(
    'letting go of a twin that may be about to exist: %j',
    (input) => {
      const begun = written(null, {}, on).customer;
      expect(write(begun, input, on)).toEqual({ ok: false, error: { code: 'customer_creation_under_way' } });
    },
  );

  test('moving a linked customer to another connection without his twin there', () => {
    const other = { id: 'con_2', createCustomers: false };
    expect(write(linked(), {}, other)).toEqual({
      ok: false,
      error: { code: 'customer_connection_fixed', connectionId: 'con_1' },
    });
    expect(written(linked(), { providerCustomerId: 'cus_there' }, other).customer).toMatchObject({
      connectionId: 'con_2',
      providerCustomerId: 'cus_there',
    });
  });
});

describe('what is changed', () => {
  test('absent fields stay, null ones are emptied, metadata is merged and an empty value removes its key', () => {
    const before = written(null, { name: 'Ada', phone: '1', metadata: { a: '1', b: '2' } }).customer;
    const { customer } = written(before, { phone: null, metadata: { a: '', c: '3' } });
    expect(customer).toMatchObject({ name: 'Ada', phone: null, metadata: { b: '2', c: '3' } });
    expect(Object.keys(customer.metadata)).not.toContain('a');
  });

  test('a write that changes nothing tells nobody', () => {
    const before = written(null, { name: 'Ada', metadata: { a: '1', b: '2' } }).customer;
    expect(written(before, { name: 'Ada', metadata: { b: '2' } }).events).toEqual([]);
  });

  test('what changed since Stripe was last told is to be pushed, and only then', () => {
    expect(isPushNeeded(linked())).toBe(false);
    const { customer, isToBePushed } = written(linked(), { name: 'Ada' });
    expect(isToBePushed).toBe(true);
    expect(isPushNeeded(customer)).toBe(true);
    expect(written(linked(), { currency: null, timeZone: 'UTC' }).isToBePushed).toBe(false);
  });

  test('linking sends the stamps and leaves what stands in Stripe', () => {
    const { customer, isToBePushed } = written(null, { name: 'Ada', providerCustomerId: 'cus_there' });
    expect(isToBePushed).toBe(true);
    expect(customer.providerPushed).toMatchObject({ name: 'Ada', metadata: {} });
  });

  test('unlinking forgets the twin and what was told of it', () => {
    const { customer, isTwinReplaced } = written(linked(), { providerCustomerId: null });
    expect(isTwinReplaced).toBe(true);
    expect(customer).toMatchObject({ providerCustomerId: null, providerPushed: null, defaultPaymentMethodId: null });
    expect(customer.paymentProvider).toBe('stripe');
  });
});
