import { withCalls, withKey } from './calls.js';
import type { PlantedFault } from './planted-fault.js';

/** Faults of the names under which Stripe is asked to do a thing once. */
export const KEY_FAULTS: readonly PlantedFault[] = [
  {
    name: 'random_idempotency_key',
    thread: 'https://github.com/woocommerce/woocommerce-gateway-stripe/issues/2477',
    breaks: 'Each try of a call has a key of its own, so that a repetition is done as well.',
    caughtBy: ['charged_once', 'charged_at_most_once', 'one_twin'],
    caughtAt: null,
    plant: ({ context, ...rest }) => {
      let tries = 0;
      const stripe = withCalls(context.stripe, ({ args, send }) => {
        tries += 1;
        return send(withKey(args, (key) => `${key} try ${tries}`));
      });
      return { ...rest, context: { ...context, stripe } };
    },
  },
  {
    name: 'refusal_replayed_for_ever',
    thread: 'https://github.com/odoo/odoo/pull/107723',
    breaks: 'Every confirmation of an intent has the same key, so that the refusal of the first answers all others.',
    caughtBy: ['keys', 'calls_were_answered', 'nothing_is_left'],
    caughtAt: null,
    plant: ({ context, ...rest }) => {
      const stripe = withCalls(context.stripe, ({ name, args, send }) =>
        send(name === 'paymentIntents.confirm' ? withKey(args, () => `confirm ${String(args[0])}`) : args),
      );
      return { ...rest, context: { ...context, stripe } };
    },
  },
];
