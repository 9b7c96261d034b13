import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SandboxAnswer } from '../../answer.js';
import type { Sandbox } from '../../sandbox.js';
import { createCheckedSandbox } from '../../testing/checked-sandbox.js';
import { seeded } from '../../testing/running-sandbox.js';

/** One thing somebody does to the account. `pick` chooses among the intents there are. */
type Step =
  | { readonly kind: 'pay'; readonly card: string; readonly amount: number; readonly manual: boolean }
  | { readonly kind: 'confirm' | 'cancel' | 'capture'; readonly pick: number }
  | { readonly kind: 'refund'; readonly pick: number; readonly amount: number }
  | { readonly kind: 'wait'; readonly seconds: number };

const cards = [
  'pm_card_visa',
  'pm_card_chargeCustomerFail',
  'pm_card_authenticationRequired',
  'pm_card_refundFail',
  'pm_card_pendingRefund',
  'pm_card_createDispute',
];

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('pay' as const),
    card: fc.constantFrom(...cards),
    amount: fc.integer({ min: 50, max: 5000 }),
    manual: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom('confirm' as const, 'cancel' as const, 'capture' as const), pick: fc.nat(20) }),
  fc.record({ kind: fc.constant('refund' as const), pick: fc.nat(20), amount: fc.integer({ min: 1, max: 5000 }) }),
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 8 * 86_400 }) }),
);

interface World {
  readonly sandbox: Sandbox;
  nowMs: number;
}

const answerBody = (answer: SandboxAnswer): Record<string, never> =>
  answer.kind === 'response' ? JSON.parse(answer.body) : {};

const call = (world: World, method: string, path: string, form: Record<string, string> = {}) => {
  const body = new URLSearchParams(form).toString();
  const headers = { authorization: 'Bearer sk_test_property', 'content-type': 'application/x-www-form-urlencoded' };
  return answerBody(world.sandbox.handle({ method, url: path, headers, body }));
};

interface Shown {
  readonly id: string;
  readonly [field: string]: unknown;
}

const listed = (world: World, path: string): Shown[] =>
  (call(world, 'GET', `${path}${path.includes('?') ? '&' : '?'}limit=100`) as unknown as { data: Shown[] }).data;

const take = (world: World, step: Step): void => {
  if (step.kind === 'wait') {
    world.nowMs += step.seconds * 1000;
    world.sandbox.tick(world.nowMs);
    return;
  }
  if (step.kind === 'pay') {
    const capture: Record<string, string> = step.manual ? { capture_method: 'manual' } : {};
    const form = {
      amount: String(step.amount),
      currency: 'usd',
      payment_method: step.card,
      confirm: 'true',
      ...capture,
    };
    call(world, 'POST', '/v1/payment_intents', { ...form, return_url: 'https://shop.example/' });
    return;
  }
  const intents = listed(world, '/v1/payment_intents');
  const intent = intents[step.pick % Math.max(1, intents.length)];
  if (intent === undefined) return;
  if (step.kind === 'refund') {
    call(world, 'POST', '/v1/refunds', { payment_intent: intent.id, amount: String(step.amount) });
  } else if (step.kind === 'confirm') {
    call(world, 'POST', `/v1/payment_intents/${intent.id}/confirm`, {
      payment_method: 'pm_card_visa',
      off_session: 'true',
    });
  } else call(world, 'POST', `/v1/payment_intents/${intent.id}/${step.kind}`);
};

const sum = (objects: readonly Shown[], field: string): number =>
  objects.reduce((total, object) => total + Number(object[field]), 0);

const check = (world: World): void => {
  const balance = call(world, 'GET', '/v1/balance') as unknown as Record<'available' | 'pending', { amount: number }[]>;
  const transactions = listed(world, '/v1/balance_transactions');
  const onBalance = [...balance.available, ...balance.pending].reduce((total, one) => total + one.amount, 0);
  expect(onBalance).toBe(sum(transactions, 'net'));
  for (const intent of listed(world, '/v1/payment_intents')) {
    const charges = listed(world, `/v1/charges?payment_intent=${intent.id}`);
    expect(charges.filter((charge) => charge.paid === true).length).toBeLessThanOrEqual(1);
    expect(sum(charges, 'amount_captured')).toBe(intent.amount_received);
    const refunds = listed(world, `/v1/refunds?payment_intent=${intent.id}`);
    const standing = refunds.filter((refund) => refund.status === 'succeeded' || refund.status === 'pending');
    // What a hold released without ever taking it moves nothing on the balance.
    const moving = standing.filter((refund) => refund.balance_transaction !== null);
    expect(sum(moving, 'amount')).toBeLessThanOrEqual(Number(intent.amount_received));
    expect(sum(charges, 'amount_refunded')).toBe(sum(standing, 'amount'));
  }
};

it('whatever is done in whatever order: no intent is charged twice, no refund exceeds its capture, and the balance is the sum of its transactions', () => {
  fc.assert(
    fc.property(fc.array(steps, { minLength: 1, maxLength: 25 }), fc.integer(), (taken, seed) => {
      const world: World = {
        nowMs: 1_800_000_000_000,
        sandbox: createCheckedSandbox({ now: () => world.nowMs, random: seeded(seed) }),
      };
      for (const step of taken) take(world, step);
      check(world);
    }),
    { numRuns: 150, seed: 42 },
  );
});
