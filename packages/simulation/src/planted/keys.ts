import { withCalls, withKey } from './calls.js';
import type { PlantedFault } from './planted-fault.js';

const TRIES = ['paymentIntents.create', 'paymentIntents.confirm'];

/** Faults of the names under which Stripe is asked to do a thing once. */
export const KEY_FAULTS: readonly PlantedFault[] = [
  {
    name: 'random_idempotency_key',
    thread: 'https://github.com/woocommerce/woocommerce-gateway-stripe/issues/2477',
    breaks: 'Each try of a call has a key of its own, so that a repetition is done as well.',
    caughtBy: ['charged_once', 'charged_at_most_once', 'one_twin'],
    shortStory: { seed: 6, actions: ['invoice_create'], faults: ['cut_after'], steps: 30 },
    caughtAt: { seed: 2, seedsPlayed: 2, rule: 'one_twin' },
    plant: ({ context, ...rest }, acts) => {
      let tries = 0;
      const sent = new Set<string>();
      const stripe = withCalls(context.stripe, ({ args, send }) => {
        tries += 1;
        return send(
          withKey(args, (key) => {
            if (sent.has(key)) acts();
            sent.add(key);
            return `${key} try ${tries}`;
          }),
        );
      });
      return { ...rest, context: { ...context, stripe } };
    },
  },
  {
    name: 'refusal_replayed_for_ever',
    thread: 'https://github.com/odoo/odoo/pull/107723',
    breaks: 'All tries to bring in one payment have the same key, so that the refusal of the first answers all others.',
    caughtBy: ['keys', 'calls_were_answered', 'nothing_is_left', 'it_runs'],
    shortStory: { seed: 7, actions: ['invoice_create', 'invoice_pay'], faults: ['none'], steps: 20 },
    caughtAt: { seed: 1, seedsPlayed: 1, rule: 'keys' },
    plant: ({ context, ...rest }, acts) => {
      const first = new Map<string, string>();
      const stripe = withCalls(context.stripe, ({ name, args, send }) => {
        if (!TRIES.includes(name)) return send(args);
        return send(
          withKey(args, (key) => {
            const payment = key.slice(0, key.indexOf('-'));
            const kept = first.get(payment) ?? key;
            first.set(payment, kept);
            if (kept !== key) acts();
            return kept;
          }),
        );
      });
      return { ...rest, context: { ...context, stripe } };
    },
  },
];
