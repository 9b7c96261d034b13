import { StripeAccount } from '../stage/stripe-account.js';
import type { Tenant } from '../stage/tenant.js';
import type { Body } from '../world.js';
import type { Story } from './story.js';

/** The cards of those who sign up at first, one customer each. */
const CARDS_AT_FIRST: Readonly<Record<string, readonly string[]>> = {
  first: [
    'pm_card_visa',
    'pm_card_visa',
    'pm_card_authenticationRequired',
    'pm_card_authenticationRequired',
    'pm_card_authenticationRequired',
    'pm_card_createDispute',
    'pm_card_createDispute',
    'pm_card_createDispute',
    'pm_card_chargeCustomerFail',
  ],
  neighbour: ['pm_card_authenticationRequired', 'pm_card_authenticationRequired', 'pm_card_createDispute'],
};

/** What every world begins with: two environments, each with an account at Stripe, and customers who have a card. */
export async function prepareStory(story: Story, settle: () => Promise<void>): Promise<void> {
  const { universe } = story;
  const { sandbox } = universe;
  const [row] = await universe.ask(`select id from environments where kind = 'test'`);
  // One account is used by both: then each sees the other's objects there, and must leave them alone.
  const common = new StripeAccount(sandbox, 'common');
  const first: Tenant = {
    name: 'first',
    environmentId: String(row?.id),
    secretKey: universe.firstKey,
    hostUrl: 'http://127.0.0.1:9999/first',
    accounts: [new StripeAccount(sandbox, 'first'), common],
  };
  universe.tenants.push(first);
  story.enter(first);
  let made: Body = null;
  story.write('POST', '/v1/environments', { name: 'Neighbour' }, (reply) => {
    made ??= reply.body;
  });
  await settle();
  const neighbour: Tenant = {
    name: 'neighbour',
    environmentId: String(made?.id),
    secretKey: String(made?.secret_key),
    hostUrl: 'http://127.0.0.1:9999/neighbour',
    accounts: [new StripeAccount(sandbox, 'neighbour'), common],
  };
  universe.tenants.push(neighbour);
  for (const tenant of universe.tenants) connect(story, tenant);
  await settle();
  if (story.random.chance(0.6)) await addSecond(story, first, settle);
  for (const tenant of universe.tenants) signUp(story, tenant);
  await settle();
  for (const tenant of universe.tenants) {
    story.enter(tenant);
    await leaveCards(story, tenant);
  }
  await settle();
}

function connect(story: Story, tenant: Tenant): void {
  const { random } = story;
  story.enter(tenant);
  const [account] = tenant.accounts;
  story.write('POST', '/v1/connections', {
    mode: 'key',
    secret_key: random.chance(0.6) ? account?.secretKey : account?.restrictedKey,
    host: 'sandbox',
    create_customers: random.chance(0.8),
  });
  // A host may begin to listen later: what was told before is not for it.
  if (random.chance(0.85)) story.write('POST', '/v1/webhook_endpoints', endpointBody(story, tenant));
}

/** A second account, and somebody who pays through it. */
async function addSecond(story: Story, tenant: Tenant, settle: () => Promise<void>): Promise<void> {
  story.enter(tenant);
  story.write('POST', '/v1/connections', secondConnection(tenant));
  await settle();
  story.write('POST', '/v1/customers', {
    external_id: story.next('customer-'),
    payment_provider: 'stripe',
    payment_provider_code: 'second',
    sync_with_provider: true,
  });
  await settle();
}

export const secondConnection = ({ accounts }: Tenant) => ({
  mode: 'key',
  secret_key: accounts[1]?.secretKey,
  host: 'sandbox',
  code: 'second',
  create_customers: true,
});

/** Most hosts want to hear everything, others only of money. */
export const endpointBody = (story: Story, tenant: Tenant) => ({
  url: `${tenant.hostUrl}/${story.next('hook-')}`,
  ...(story.random.chance(0.6) ? {} : { event_types: MONEY_EVENTS }),
});

const MONEY_EVENTS = [
  'invoice.paid',
  'invoice.payment_failure',
  'invoice.overpaid',
  'payment.succeeded',
  'payment.failed',
  'payment.canceled',
  'refund.succeeded',
  'refund.failed',
  'dispute.created',
  'dispute.closed',
];

const cardsOf = ({ name }: Tenant): readonly string[] => CARDS_AT_FIRST[name] ?? [];

function signUp(story: Story, tenant: Tenant): void {
  story.enter(tenant);
  for (const _card of cardsOf(tenant))
    story.write('POST', '/v1/customers', {
      external_id: story.next('customer-'),
      name: 'A first customer',
      emails: [`${story.next('person-')}@example.com`],
      payment_provider: 'stripe',
      sync_with_provider: true,
    });
}

async function leaveCards(story: Story, tenant: Tenant): Promise<void> {
  const twins = await story.universe.ask(
    `
select c.provider_customer_id as twin, k.stripe_account_id as account
from customers c
join connections k on k.environment_id = c.environment_id
  and k.id = c.connection_id
where c.environment_id = $1
  and c.provider_customer_id is not null
order by c.seq desc`,
    [tenant.environmentId],
  );
  for (const [index, { twin, account }] of twins.entries()) {
    const customer = String(twin);
    await story.accountOf(account).inDashboard(async (stripe) => {
      const method = await stripe.paymentMethods.attach(cardsOf(tenant)[index] ?? 'pm_card_visa', { customer });
      await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
    });
  }
}
