import type { Action, Story } from './story.js';

/** What host applications do about customers. */
export const CUSTOMER_ACTIONS: readonly Action[] = [
  {
    name: 'customer_upsert',
    weight: 5,
    async run(story) {
      const { random } = story.universe;
      const known = random.chance(0.4)
        ? await story.anyRow('select external_id from customers where environment_id = $1 and deleted_at is null')
        : null;
      const externalId = (known?.external_id as string | undefined) ?? story.next('customer-');
      const times = 1 + random.below(3);
      // Several at once: a host application that signs a person up twice must not make two of him anywhere.
      for (let count = 0; count < times; count++)
        story.write('POST', '/v1/customers', {
          external_id: externalId,
          name: `Customer ${count}`,
          emails: [`${externalId}@example.com`],
          payment_provider: 'stripe',
          ...(random.chance(0.5) ? { sync_with_provider: random.chance(0.8) } : {}),
          ...(random.chance(0.2) ? { sync: true } : {}),
        });
      return `${externalId} x${times}`;
    },
  },
  {
    name: 'customer_link',
    weight: 2,
    async run(story) {
      const { random } = story.universe;
      const linked = random.chance(0.3)
        ? await story.anyRow(
            'select provider_customer_id from customers where environment_id = $1 and provider_customer_id is not null',
          )
        : null;
      const made = linked === null ? await madeAtStripe(story) : null;
      const id = (linked?.provider_customer_id as string | undefined) ?? made;
      if (id === null || id === undefined) return null;
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
    weight: 1,
    async run(story) {
      const row = await story.anyRow(
        'select provider_customer_id from customers where environment_id = $1 and provider_customer_id is not null and deleted_at is null',
      );
      if (row === null) return null;
      await outside(() => story.stripe.customers.update(row.provider_customer_id as string, { phone: '+49301234' }));
      return row.provider_customer_id as string;
    },
  },
  {
    name: 'customer_delete',
    weight: 1,
    async run(story) {
      const { random } = story.universe;
      const row = await story.anyRow('select id from customers where environment_id = $1 and deleted_at is null');
      if (row === null) return null;
      const inStripe = random.pick(['keep', 'delete']);
      story.write('DELETE', `/v1/customers/${row.id}`, {
        in_stripe: inStripe,
        open_invoices: random.pick(['refuse', 'keep']),
      });
      return `${row.id} ${inStripe}`;
    },
  },
];

/** A customer that an operator made inside Stripe; null when Stripe was not to be reached. */
async function madeAtStripe(story: Story): Promise<string | null> {
  let id: string | null = null;
  await outside(async () => {
    id = (await story.stripe.customers.create({ email: 'old@example.com', name: 'Known at Stripe' })).id;
  });
  return id;
}

/** What people do inside Stripe may be refused there; that is their affair, not ours. */
export async function outside(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch {
    return false;
  }
}
