import { expect, test } from 'vitest';
import { instantOf } from '../time/instant.js';
import type { Customer } from './customer.js';
import { deleteCustomer } from './delete-customer.js';
import { providerCreated } from './provider-link.js';
import { writeCustomer } from './write-customer.js';

const now = instantOf(5_000_000);

function customer(): Customer {
  const made = writeCustomer({
    existing: null,
    input: { name: 'Lovelace', emails: ['lovelace@example.com'], phone: '1', metadata: { a: '1' } },
    connection: { id: 'con_1', createCustomers: true },
    identity: { environmentId: 'env_1', id: 'cus_1', externalId: 'lovelace@example.com' },
    now,
    machineNow: now,
  });
  if (!made.ok) throw new Error(made.error.code);
  return made.value.customer;
}

const linked = (): Customer => providerCreated(customer(), 'cus_stripe').customer;
const remove = (of: Customer, inStripe: 'keep' | 'delete', erase = false) =>
  deleteCustomer({ customer: of, methods: [], inStripe, erase, now });

test.each([
  ['keep', linked(), false],
  ['delete', linked(), true],
  ['delete', { ...linked(), providerCustomerId: null }, false],
] as const)('in Stripe: %s', (inStripe, of, isToBeDeletedInStripe) => {
  const deleted = remove(of, inStripe);
  expect(deleted.isToBeDeletedInStripe).toBe(isToBeDeletedInStripe);
  expect(deleted.customer.deletedAt).toBe(now);
});

test('one who is just being made in Stripe stays so until Stripe was asked what came of it', () => {
  expect(remove(customer(), 'delete')).toMatchObject({
    isToBeDeletedInStripe: true,
    customer: { providerBegunAt: now },
  });
  expect(remove(customer(), 'keep').customer.providerBegunAt).toBe(now);
});

test('erasing leaves nothing that says who he was, the external id included', () => {
  const { customer: erased } = remove(linked(), 'keep', true);
  expect(JSON.stringify(erased)).not.toMatch(/lovelace/i);
  expect(erased.metadata).toEqual({});
});

test('a customer deleted before can still be erased, and twice changes nothing more', () => {
  const deleted = remove(linked(), 'keep').customer;
  expect(remove(deleted, 'keep').events).toEqual([]);
  const erased = remove(deleted, 'keep', true);
  expect(erased.events.map(({ type }) => type)).toEqual(['customer.deleted']);
  expect(remove(erased.customer, 'keep', true).events).toEqual([]);
});
