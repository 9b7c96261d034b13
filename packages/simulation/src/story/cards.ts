import type { Action, Story } from './story.js';
import { outside } from './story-customers.js';

/** Cards that pay, that fail when charged, that want their owner, that are contested afterwards. */
const CARDS = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_mastercard',
  'pm_card_chargeCustomerFail',
  'pm_card_authenticationRequired',
  'pm_card_createDispute',
  'pm_card_pendingRefund',
  'pm_card_refundFail',
  'pm_card_refundFail',
];

const linkedCustomer = (story: Story) =>
  story.anyRow(
    'select id, provider_customer_id from customers where environment_id = $1 and provider_customer_id is not null and deleted_at is null',
  );

/** What payers do about their cards, at Stripe and on hosted pages. */
export const CARD_ACTIONS: readonly Action[] = [
  {
    name: 'card_attach',
    weight: 8,
    async run(story) {
      const { random } = story.universe;
      const row = await linkedCustomer(story);
      if (row === null) return null;
      const customer = row.provider_customer_id as string;
      const card = random.pick(CARDS);
      await outside(async () => {
        const method = await story.stripe.paymentMethods.attach(card, { customer });
        if (random.chance(0.8))
          await story.stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
      });
      return `${card} to ${customer}`;
    },
  },
  {
    name: 'card_detach',
    weight: 2,
    async run(story) {
      const row = await story.anyRow(
        'select stripe_id from payment_methods where environment_id = $1 and detached_at is null',
      );
      if (row === null) return null;
      await outside(() => story.stripe.paymentMethods.detach(row.stripe_id as string));
      return row.stripe_id as string;
    },
  },
  {
    name: 'setup_session',
    weight: 2,
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
    name: 'hosted_page_filled',
    weight: 9,
    async run(story) {
      const { random } = story.universe;
      const row = await story.anyRow(
        `
select url
from setup_sessions
where environment_id = $1
  and url is not null
  and status = 'open'
  and expires_at > $2
union all
select session_url
from payments
where environment_id = $1
  and session_url is not null
  and status = 'awaiting_payer'
  and session_expires_at > $2`,
        [new Date(story.universe.clock.machineNow()).toISOString()],
      );
      if (row === null) return null;
      const url = (row.url ?? row.session_url) as string;
      const card = random.pick(['4242424242424242', '5555555555554444', '4000000000000002']);
      const page = story.universe.visit('POST', url, { card, expiry: '12/34', cvc: '123', email: 'payer@example.com' });
      return `${card} answered ${page.status}`;
    },
  },
];
