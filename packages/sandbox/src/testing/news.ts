import type Stripe from 'stripe';

const newsMax = 100;
const pagesMax = 20;

/** The types of what happened since the last time this was asked, in order; the first time of what went before, too. */
export const newsOf = (stripe: Stripe): (() => Promise<string[]>) => {
  let seen: string | undefined;
  return async () => {
    const types: string[] = [];
    for (let page = 0; page < pagesMax; page += 1) {
      const cursor: { ending_before?: string } = seen === undefined ? {} : { ending_before: seen };
      const { data, has_more } = await stripe.events.list({ limit: newsMax, ...cursor });
      seen = data[0]?.id ?? seen;
      types.push(...data.map((event) => event.type).reverse());
      if (!has_more || cursor.ending_before === undefined) return types;
    }
    throw new Error('too much news for one test');
  };
};
