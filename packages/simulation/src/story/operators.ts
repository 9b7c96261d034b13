import type { Action } from './story.js';
import { STRIPE_KEY } from './universe.js';

const HOUR_MILLISECONDS = 3_600_000;

/** What operators do, and what time does. */
export const OPERATOR_ACTIONS: readonly Action[] = [
  {
    name: 'retry_unanswered',
    weight: 10,
    run: async (story) => story.retryUnanswered(),
  },
  {
    name: 'time_passes',
    weight: 8,
    async run(story) {
      const { random } = story.universe;
      const span = random.pick([5_000, 61_000, 600_000, 2 * HOUR_MILLISECONDS, 25 * HOUR_MILLISECONDS]);
      story.universe.clock.advance(span);
      return `${span} ms`;
    },
  },
  {
    name: 'connection_switch',
    weight: 2,
    async run(story) {
      const row = await story.anyRow('select id, enabled from connections where environment_id = $1');
      if (row === null) return null;
      // Off is the exception: a world whose connection is mostly off collects nothing.
      const enabled = story.universe.random.chance(0.85);
      story.write('PATCH', `/v1/connections/${row.id}`, { enabled });
      return enabled ? 'on' : 'off';
    },
  },
  {
    name: 'key_rotated',
    weight: 1,
    async run(story) {
      const row = await story.anyRow('select id from connections where environment_id = $1');
      if (row === null) return null;
      story.write('POST', `/v1/connections/${row.id}/rotate_key`, { secret_key: STRIPE_KEY });
      return row.id as string;
    },
  },
  {
    name: 'dead_letters_replayed',
    weight: 1,
    async run(story) {
      story.write('POST', '/v1/stripe_events/replay', { status: 'dead' });
      return 'all';
    },
  },
  {
    name: 'foreign_payment',
    weight: 1,
    async run(story) {
      // Somebody else uses the same account: none of our invoices, but the balance must still tie.
      await story.stripe.paymentIntents
        .create({
          amount: 700,
          currency: 'eur',
          payment_method: 'pm_card_visa',
          confirm: true,
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        })
        .catch(() => null);
      return '7.00 EUR';
    },
  },
];
