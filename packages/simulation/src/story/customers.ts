import type { Action, Story } from './story.js';

/** Customers whom the story can act on; those deleted are looked at no more. */
const anyCustomer = (story: Story, condition = 'true') =>
  story.anyRow(`
select c.id, c.external_id, c.provider_customer_id, k.stripe_account_id as account
from customers c
left join connections k on k.environment_id = c.environment_id
  and k.id = c.connection_id
where c.environment_id = $1
  and c.deleted_at is null
  and ${condition}`);

export const anyLinkedCustomer = (story: Story) => anyCustomer(story, 'c.provider_customer_id is not null');

/** One who has no way to pay yet, mostly: else the same few have all the cards. */
export const anyCardlessCustomer = async (story: Story) =>
  story.random.chance(0.75)
    ? anyCustomer(story, 'c.provider_customer_id is not null and c.default_payment_method_id is null')
    : null;

/** What host applications do about customers, and operators inside Stripe. */
export const CUSTOMER_ACTIONS: readonly Action[] = [
  {
    name: 'customer_upsert',
    weight: 3.5,
    async run(story) {
      const { random } = story;
      const known = random.chance(0.4) ? await anyCustomer(story) : null;
      const code = random.chance(0.4) ? ((await story.anyRow(CODES))?.code as string | undefined) : undefined;
      const externalId = (known?.external_id as string | undefined) ?? story.next('customer-');
      const times = 1 + random.below(3);
      // Several at once: a host application that signs a person up twice must not make two of him anywhere.
      for (let count = 0; count < times; count++)
        story.write('POST', '/v1/customers', {
          external_id: externalId,
          name: `Customer ${count}`,
          emails: [`${externalId}@example.com`],
          payment_provider: 'stripe',
          ...(code === undefined || known !== null ? {} : { payment_provider_code: code }),
          ...(random.chance(0.6) ? { sync_with_provider: random.chance(0.9) } : {}),
          ...(random.chance(0.2) ? { sync: true } : {}),
        });
      return `${externalId} x${times}`;
    },
  },
  {
    name: 'customer_link',
    weight: 2.5,
    async run(story) {
      const { random } = story;
      const linked = random.chance(0.3) ? await anyLinkedCustomer(story) : null;
      const id = (linked?.provider_customer_id as string | undefined) ?? (await madeAtStripe(story));
      if (id === null) return null;
      const externalId = story.next('linked-');
      story.write('POST', '/v1/customers', {
        external_id: externalId,
        name: 'Known at Stripe',
        payment_provider: 'stripe',
        provider_customer_id: id,
      });
      return `${externalId} to ${id}`;
    },
  },
  {
    name: 'customer_change_at_stripe',
    weight: 2,
    async run(story) {
      const row = await anyLinkedCustomer(story);
      if (row === null) return null;
      const id = row.provider_customer_id as string;
      const end = await story
        .accountOf(row.account)
        .inDashboard((stripe) => stripe.customers.update(id, { phone: '+49301234' }));
      return end === 'refused' ? null : id;
    },
  },
  {
    name: 'customer_delete_at_stripe',
    weight: 1.4,
    async run(story) {
      const row = await anyLinkedCustomer(story);
      if (row === null) return null;
      const id = row.provider_customer_id as string;
      const end = await story.accountOf(row.account).inDashboard((stripe) => stripe.customers.del(id));
      return end === 'refused' ? null : id;
    },
  },
  {
    name: 'customer_delete',
    weight: 1.3,
    async run(story) {
      const row = await anyCustomer(story);
      if (row === null) return null;
      const inStripe = story.random.pick(['keep', 'delete']);
      story.write('DELETE', `/v1/customers/${row.id}`, {
        in_stripe: inStripe,
        open_invoices: story.random.pick(['refuse', 'keep']),
      });
      return `${row.id} ${inStripe}`;
    },
  },
];

const CODES = 'select code from connections where environment_id = $1';

/** A customer that an operator made inside Stripe; null when there is no connection yet. */
async function madeAtStripe(story: Story): Promise<string | null> {
  const row = await story.anyRow(
    'select id, stripe_account_id as account from connections where environment_id = $1 and stripe_account_id is not null and is_default',
  );
  if (row === null) return null;
  let id: string | null = null;
  await story.accountOf(row.account).inDashboard(async (stripe) => {
    id = (await stripe.customers.create({ email: 'old@example.com', name: 'Known at Stripe' })).id;
  });
  return id;
}
