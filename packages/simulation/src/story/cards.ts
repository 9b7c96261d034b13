import { challengeOf } from './attempts.js';
import { anyCardlessCustomer, anyLinkedCustomer } from './customers.js';
import type { Action } from './story.js';

/** Cards that pay, that fail when charged, that want their owner, that are contested afterwards: what is rare leads far. */
const CARDS = [
  'pm_card_visa',
  'pm_card_mastercard',
  'pm_card_chargeCustomerFail',
  'pm_card_authenticationRequired',
  'pm_card_authenticationRequired',
  'pm_card_authenticationRequired',
  'pm_card_createDispute',
  'pm_card_createDispute',
  'pm_card_createDispute',
  'pm_card_createDispute',
  'pm_card_pendingRefund',
  'pm_card_refundFail',
];

/** What payers type into hosted pages: cards that pay, one that is declined, one that wants its owner, one that is contested. */
const NUMBERS = [
  '4242424242424242',
  '5555555555554444',
  '4000000000000002',
  '4000002760003184',
  '4000002760003184',
  '4000002760003184',
  '4000002760003184',
  '4000000000000259',
  '4000000000000259',
  '4000000000000259',
];

const filled = (card: string) => ({ card, expiry: '12/34', cvc: '123', email: 'payer@example.com' });

/** What payers do about their cards, at Stripe and on hosted pages. */
export const CARD_ACTIONS: readonly Action[] = [
  {
    name: 'card_attach',
    weight: 4.2,
    async run(story) {
      const row = (await anyCardlessCustomer(story)) ?? (await anyLinkedCustomer(story));
      if (row === null) return null;
      const customer = row.provider_customer_id as string;
      const card = story.random.pick(CARDS);
      const isStandard = story.random.chance(0.8);
      const end = await story.accountOf(row.account).inDashboard(async (stripe) => {
        const method = await stripe.paymentMethods.attach(card, { customer });
        if (!isStandard) return;
        await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
      });
      return end === 'refused' ? null : `${card} to ${customer}`;
    },
  },
  {
    name: 'card_detach_at_stripe',
    weight: 1.6,
    async run(story) {
      const row = await story.anyRow(KEPT_CARDS);
      if (row === null) return null;
      const method = row.stripe_id as string;
      const end = await story.accountOf(row.account).inDashboard((stripe) => stripe.paymentMethods.detach(method));
      return end === 'refused' ? null : method;
    },
  },
  {
    name: 'card_detach',
    weight: 1.5,
    async run(story) {
      const row = await story.anyRow(KEPT_CARDS);
      if (row === null) return null;
      story.write('POST', `/v1/payment_methods/${row.id}/detach`, {});
      return row.id as string;
    },
  },
  {
    name: 'card_default',
    weight: 2,
    async run(story) {
      const row = await story.anyRow(KEPT_CARDS);
      if (row === null) return null;
      story.write('POST', `/v1/customers/${row.customer_id}/default_payment_method`, { payment_method_id: row.id });
      return row.id as string;
    },
  },
  {
    name: 'setup_session',
    weight: 2.5,
    async run(story) {
      const row = await story.anyRow('select id from customers where environment_id = $1 and deleted_at is null');
      if (row === null) return null;
      story.write('POST', `/v1/customers/${row.id}/setup_sessions`, {
        return_url: 'https://shop.example/done',
        cancel_url: 'https://shop.example/back',
      });
      return row.id as string;
    },
  },
  {
    name: 'setup_page_filled',
    weight: 11,
    async run(story) {
      const row = await story.anyRow(
        `select url from setup_sessions where environment_id = $1 and url is not null and status = 'open' and expires_at > $2`,
        [story.nowText],
      );
      if (row === null) return null;
      const card = story.random.pick(NUMBERS);
      const seen = await story.fillPage(row.url as string, filled(card));
      return seen === null ? null : `${card} ${seen}`;
    },
  },
  {
    name: 'payment_page_filled',
    weight: 35,
    async run(story) {
      const mayGoBack = story.random.chance(0.2);
      const row = await story.anyRow(
        `
select p.id, p.session_url, k.stripe_account_id as account
from payments p
join connections k on k.environment_id = p.environment_id
  and k.id = p.connection_id
where p.environment_id = $1
  and p.session_url is not null
  and p.status = 'awaiting_payer'
  and p.session_expires_at > $2`,
        [story.nowText],
        // Few go back to a page that had sent them on to their bank.
        (open) => mayGoBack || challengeOf(story, open) === null,
      );
      if (row === null) return null;
      const card = story.random.pick(NUMBERS);
      const seen = await story.fillPage(row.session_url as string, filled(card));
      return seen === null ? null : `${card} ${seen}`;
    },
  },
];

const KEPT_CARDS = `
select m.id, m.stripe_id, m.customer_id, k.stripe_account_id as account
from payment_methods m
join connections k on k.environment_id = m.environment_id
  and k.id = m.connection_id
where m.environment_id = $1
  and m.detached_at is null`;
