import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantOf } from '../time/instant.js';
import type { Customer } from './customer.js';
import {
  type Mirrored,
  mirrorPaymentMethods,
  type SeenPaymentMethod,
  type SeenTwin,
} from './mirror-payment-methods.js';
import type { PaymentMethod } from './payment-method.js';
import { providerCreated, providerRemoved } from './provider-link.js';
import { usablePaymentMethod } from './usable-payment-method.js';
import { writeCustomer } from './write-customer.js';

const now = instantOf(5_000_000);

function linkedCustomer(): Customer {
  const made = writeCustomer({
    existing: null,
    input: {},
    connection: { id: 'con_1', createCustomers: true },
    identity: { environmentId: 'env_1', id: 'cus_1', externalId: 'u_1' },
    now,
    machineNow: now,
  });
  if (!made.ok) throw new Error(made.error.code);
  return providerCreated(made.value.customer, 'cus_stripe').customer;
}

const card = (stripeId: string, more: Partial<SeenPaymentMethod> = {}): SeenPaymentMethod => ({
  stripeId,
  type: 'card',
  brand: 'visa',
  last4: '4242',
  expMonth: 12,
  expYear: 2030,
  createdAt: instantOf(1_000),
  ...more,
});

const twin = (methods: readonly SeenPaymentMethod[], defaultStripeId: string | null = null): SeenTwin => ({
  methods,
  defaultStripeId,
  isComplete: true,
});

interface Picture {
  readonly customer: Customer;
  readonly known: readonly PaymentMethod[];
}

const blank = (): Picture => ({ customer: linkedCustomer(), known: [] });

const look = ({ customer, known }: Picture, seen: SeenTwin): Mirrored =>
  mirrorPaymentMethods({ customer, known, seen, now, newId: () => `pm_${ids++}` });
let ids = 0;

function after(picture: Picture, seen: SeenTwin): Picture {
  const { customer, added, changed } = look(picture, seen);
  const kept = picture.known.filter(({ id }) => !changed.some((method) => method.id === id));
  return { customer, known: [...kept, ...changed, ...added] };
}

const typesOf = ({ events }: Mirrored): string[] => events.map(({ type }) => type);

test('a card that appears is told of and is worth collecting with, but not made the default', () => {
  const mirrored = look(blank(), twin([card('pm_a')]));
  expect(typesOf(mirrored)).toEqual(['payment_method.attached']);
  expect(mirrored.customer.defaultPaymentMethodId).toBeNull();
  expect(mirrored.isWorthCollecting).toBe(true);
});

test('looking twice changes nothing the second time', () => {
  const picture = after(blank(), twin([card('pm_a'), card('pm_b')], 'pm_b'));
  const again = look(picture, twin([card('pm_a'), card('pm_b')], 'pm_b'));
  expect(again).toMatchObject({ added: [], changed: [], events: [], isWorthCollecting: false });
});

test('another default is told of for the old, the new and the customer, and is worth collecting with', () => {
  const picture = after(blank(), twin([card('pm_a'), card('pm_b')], 'pm_a'));
  const mirrored = look(picture, twin([card('pm_a'), card('pm_b')], 'pm_b'));
  expect(typesOf(mirrored)).toEqual(['payment_method.updated', 'payment_method.updated', 'customer.updated']);
  expect(mirrored.isWorthCollecting).toBe(true);
});

test('a removed card is detached, and its being the default ends', () => {
  const picture = after(blank(), twin([card('pm_a')], 'pm_a'));
  const mirrored = look(picture, twin([]));
  expect(mirrored.changed).toMatchObject([{ stripeId: 'pm_a', detachedAt: now }]);
  expect(mirrored.customer.defaultPaymentMethodId).toBeNull();
  expect(mirrored.isWorthCollecting).toBe(false);
});

test('where Stripe holds more than was read, nothing is taken for detached', () => {
  const picture = after(blank(), twin([card('pm_a')]));
  expect(look(picture, { ...twin([]), isComplete: false }).changed).toEqual([]);
});

test('a new expiry is announced anew, and what failed for it is worth collecting', () => {
  const picture = after(blank(), twin([card('pm_a')], 'pm_a'));
  const announced = { ...picture, known: picture.known.map((method) => ({ ...method, expiryAnnouncedAt: now })) };
  const mirrored = look(announced, twin([card('pm_a', { expYear: 2034 })], 'pm_a'));
  expect(mirrored.changed).toMatchObject([{ expYear: 2034, expiryAnnouncedAt: null }]);
  expect(mirrored.isWorthCollecting).toBe(true);
  const sameExpiry = look(announced, twin([card('pm_a', { last4: '1111' })], 'pm_a'));
  expect(sameExpiry.changed).toMatchObject([{ last4: '1111', expiryAnnouncedAt: now }]);
});

test('a method of a twin that somebody let go comes to whoever is linked to it now', () => {
  const picture = after(blank(), twin([card('pm_a')]));
  const foreign = picture.known.map((method) => ({ ...method, customerId: 'cus_other', detachedAt: now }));
  const mirrored = look({ customer: picture.customer, known: foreign }, twin([card('pm_a')]));
  expect(mirrored.changed).toMatchObject([{ customerId: 'cus_1', detachedAt: null }]);
  expect(typesOf(mirrored)).toEqual(['payment_method.attached']);
  expect(mirrored.isWorthCollecting).toBe(true);
});

test('a twin that is gone takes its methods with it, each told of once', () => {
  const { customer, known } = after(blank(), twin([card('pm_a'), card('pm_b')], 'pm_a'));
  const removed = providerRemoved(customer, known, now);
  expect(removed.paymentMethods).toHaveLength(2);
  expect(removed.events.map(({ type }) => type)).toEqual([
    'payment_method.detached',
    'payment_method.detached',
    'customer.payment_provider_removed',
  ]);
  expect(removed.customer).toMatchObject({ providerCustomerId: null, defaultPaymentMethodId: null });
});

test('collection takes the default, else the newest card, never a bank account that nobody chose', () => {
  const bank = card('pm_bank', { type: 'sepa_debit', createdAt: instantOf(9_000) });
  const methods = [card('pm_old'), card('pm_new', { createdAt: instantOf(2_000) }), bank];
  const without = after(blank(), twin(methods));
  expect(usablePaymentMethod(without.customer, without.known)?.stripeId).toBe('pm_new');
  const chosen = after(without, twin(methods, 'pm_bank'));
  expect(usablePaymentMethod(chosen.customer, chosen.known)?.stripeId).toBe('pm_bank');
  const onlyBank = after(blank(), twin([bank]));
  expect(usablePaymentMethod(onlyBank.customer, onlyBank.known)).toBeNull();
});

test('of two cards made in the same second every process takes the same one', () => {
  const { customer, known } = after(blank(), twin([card('pm_b'), card('pm_a')]));
  expect(usablePaymentMethod(customer, known)?.stripeId).toBe('pm_b');
  expect(usablePaymentMethod(customer, [...known].reverse())?.stripeId).toBe('pm_b');
});

test('CUS-6, EVT-3: whatever was seen before, the picture is Stripe’s after a look', () => {
  const ids = fc.uniqueArray(fc.constantFrom('pm_a', 'pm_b', 'pm_c', 'pm_d'));
  const sight = fc.record({ ids, pick: fc.nat(5), expYear: fc.constantFrom(2030, 2031) }).map((drawn) =>
    twin(
      drawn.ids.map((id) => card(id, { expYear: drawn.expYear })),
      drawn.ids[drawn.pick] ?? null,
    ),
  );
  fc.assert(
    fc.property(fc.array(sight, { minLength: 1, maxLength: 6 }), (sights) => {
      let picture = blank();
      for (const seen of sights) picture = after(picture, seen);
      const last = sights.at(-1);
      const attached = picture.known.filter(({ detachedAt }) => detachedAt === null);
      expect(attached.map(({ stripeId }) => stripeId).sort()).toEqual(last?.methods.map((m) => m.stripeId).sort());
      const standard = picture.known.find(({ id }) => id === picture.customer.defaultPaymentMethodId);
      expect(standard?.stripeId ?? null).toBe(last?.defaultStripeId);
    }),
  );
});
