import type { Database } from './database.js';

/** How many invoices stay in the books for a customer, by what they came to. */
export interface CustomerBooks {
  readonly draft: number;
  readonly open: number;
  readonly paid: number;
  readonly void: number;
  readonly uncollectible: number;
}

/** `finalized` is what a person calls open: the invoice stands and is owed. */
const WORD_OF_STATUS: Readonly<Record<string, keyof CustomerBooks>> = {
  draft: 'draft',
  finalized: 'open',
  paid: 'paid',
  void: 'void',
  uncollectible: 'uncollectible',
};

export async function countInvoicesOfCustomer(
  database: Database,
  environmentId: string,
  customerId: string,
): Promise<CustomerBooks> {
  const rows = await database.query({
    name: 'count_invoices_of_customer',
    text: `
select status, count(*)::integer as count
from invoices
where environment_id = $1
  and customer_id = $2
group by status`,
    values: [environmentId, customerId],
  });
  const books = { draft: 0, open: 0, paid: 0, void: 0, uncollectible: 0 };
  for (const row of rows) {
    const word = WORD_OF_STATUS[row.status as string];
    if (word !== undefined) books[word] += row.count as number;
  }
  return books;
}
