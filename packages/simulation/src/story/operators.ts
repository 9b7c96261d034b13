import { RIGHTS_TO_LOSE } from '../stage/stripe-account.js';
import { endpointBody, secondConnection } from './prepare.js';
import type { Action } from './story.js';

const HOUR_MILLISECONDS = 3_600_000;

const CONNECTIONS = `
select id, stripe_account_id as account
from connections
where environment_id = $1
  and stripe_account_id is not null`;

/** What operators do, and what time does. */
export const OPERATOR_ACTIONS: readonly Action[] = [
  {
    name: 'retry_unanswered',
    weight: 4,
    run: async (story) => story.retryUnanswered(),
  },
  {
    // The program works on while time passes: what was begun mostly comes to its end, else people wait for it for ever.
    name: 'time_passes',
    weight: 7.5,
    meanwhile: 400,
    async run(story) {
      const span = story.random.pick([5_000, 61_000, 61_000, 600_000, 2 * HOUR_MILLISECONDS, 25 * HOUR_MILLISECONDS]);
      story.universe.clock.advance(span);
      return `${span} ms`;
    },
  },
  {
    name: 'connection_switch',
    weight: 1.8,
    async run(story) {
      // Off is the exception, and the next who looks mostly ends it: a world whose connection is off collects nothing.
      const off = story.random.chance(0.7) ? await story.anyRow(`${CONNECTIONS} and not enabled`) : null;
      const row = off ?? (await story.anyRow(CONNECTIONS));
      if (row === null) return null;
      const enabled = off !== null || story.random.chance(0.8);
      story.write('PATCH', `/v1/connections/${row.id}`, { enabled });
      return enabled ? 'on' : 'off';
    },
  },
  {
    name: 'connection_second',
    weight: 2,
    async run(story) {
      story.write('POST', '/v1/connections', secondConnection(story.tenant));
      return story.tenant.name;
    },
  },
  {
    name: 'connection_default',
    weight: 2,
    async run(story) {
      const row = await story.anyRow(CONNECTIONS);
      if (row === null) return null;
      story.write('POST', `/v1/connections/${row.id}/set_default`, {});
      return row.id as string;
    },
  },
  {
    name: 'key_revoked',
    weight: 2,
    async run(story) {
      const row = await story.anyRow(CONNECTIONS);
      if (row === null) return null;
      const account = story.accountOf(row.account);
      const key = story.random.chance(0.5) ? account.secretKey : account.restrictedKey;
      account.revoke(key);
      return `${key === account.secretKey ? 'the secret' : 'the restricted'} key of ${account.id}`;
    },
  },
  {
    name: 'right_taken',
    weight: 1.9,
    async run(story) {
      const row = await story.anyRow(CONNECTIONS);
      if (row === null) return null;
      const right = story.random.pick(RIGHTS_TO_LOSE);
      story.accountOf(row.account).take(right);
      return right;
    },
  },
  {
    name: 'key_replaced',
    weight: 8,
    async run(story) {
      const isNeeded = story.random.chance(0.9);
      const row = await story.anyRow(isNeeded ? `${CONNECTIONS} and status <> 'connected'` : CONNECTIONS);
      if (row === null) return null;
      const account = story.accountOf(row.account);
      // Whoever puts a key in place gives it all its rights first, as the checklist asks him to.
      if (story.random.chance(0.8)) account.restoreKeys();
      const key = story.random.chance(0.5) ? account.secretKey : account.restrictedKey;
      story.write('POST', `/v1/connections/${row.id}/rotate_key`, { secret_key: key });
      return row.id as string;
    },
  },
  {
    name: 'connection_check',
    weight: 1.5,
    async run(story) {
      const row = await story.anyRow(CONNECTIONS);
      if (row === null) return null;
      story.write('POST', `/v1/connections/${row.id}/check`, {});
      return row.id as string;
    },
  },
  {
    name: 'webhook_secret_rotated',
    weight: 1.5,
    async run(story) {
      const row = await story.anyRow(CONNECTIONS);
      if (row === null) return null;
      story.write('POST', `/v1/connections/${row.id}/rotate_webhook_secret`, {});
      return row.id as string;
    },
  },
  {
    name: 'dead_letters_revived',
    weight: 1.6,
    async run(story) {
      story.write('POST', '/v1/stripe_events/replay', { status: 'dead' });
      story.write('POST', '/v1/dead_letters/revive', {});
      return 'all';
    },
  },
  {
    name: 'host_listens',
    weight: 1.5,
    async run(story) {
      const listening = await story.universe.ask('select id from webhook_endpoints where environment_id = $1', [
        story.tenant.environmentId,
      ]);
      if (listening.length >= ENDPOINTS_MAX) return null;
      story.write('POST', '/v1/webhook_endpoints', endpointBody(story, story.tenant));
      return story.tenant.hostUrl;
    },
  },
  {
    name: 'foreign_payment',
    weight: 1.5,
    async run(story) {
      const row = await story.anyRow(CONNECTIONS);
      if (row === null) return null;
      // Somebody else uses the same account: none of our invoices, but the balance must still tie.
      await story.accountOf(row.account).inDashboard((stripe) =>
        stripe.paymentIntents.create({
          amount: 700,
          currency: 'eur',
          payment_method: 'pm_card_visa',
          confirm: true,
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        }),
      );
      return '7.00 EUR';
    },
  },
];

const ENDPOINTS_MAX = 4;
