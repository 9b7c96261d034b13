import { defineCollection } from '../../collection.js';
import type { Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { discountFrom, discountShown, discounts, type GivenDiscount } from '../discounts/discount.js';
import { prices } from '../products/price.js';
import type { CheckoutLine } from './checkout-line-items.js';

/** What of a session says what it costs. */
interface PricedSession {
  readonly id: string;
  readonly created: number;
  readonly customer: string | { readonly id: string } | null;
  readonly total_details: { readonly amount_discount: number } | null;
  readonly _lines: readonly CheckoutLine[];
  readonly _discounts: readonly GivenDiscount[];
  readonly _discountId: string | null;
}

/** A line with what is left out of it unless it is expanded. */
interface ShownLine extends CheckoutLine {
  readonly _session: PricedSession;
}

/** Never stored alone: here so that lines are shown with what was asked for of them. */
export const checkoutLines = defineCollection<ShownLine>({
  type: 'item',
  prefix: 'li',
  included: {
    discounts: ({ _session, amount_discount }, work, version) =>
      takenOf(work, _session, { amount: amount_discount, version }),
    taxes: () => [],
  },
  render: (line, work) => ({ ...line, price: work.render(work.require(prices, line.price)) }),
});

/** The lines as the API shows them: with the whole price, whose product may be expanded. */
export const lineItemList = (session: PricedSession) => ({
  object: 'list' as const,
  data: shownLines(session),
  has_more: false,
  url: `/v1/checkout/sessions/${session.id}/line_items`,
});

export const shownLines = (session: PricedSession): ShownLine[] =>
  session._lines.map((line) => ({ ...line, _session: session }));

/** What the discount takes and what taxes add, of which there are none: https://docs.stripe.com/api/checkout/sessions/object */
export const breakdownOf = (work: Work, session: PricedSession, version: string) => ({
  discounts: takenOf(work, session, { amount: session.total_details?.amount_discount ?? 0, version }),
  taxes: [],
});

interface Taken {
  readonly amount: number;
  readonly version: string;
}

const takenOf = (work: Work, session: PricedSession, { amount, version }: Taken) => {
  const [given] = session._discounts;
  if (given === undefined || session._discountId === null) return [];
  const facts = { id: session._discountId, customer: idOf(session.customer), checkout_session: session.id };
  const kept = work.get(discounts, session._discountId);
  const discount = kept ?? discountFrom(work, given, { ...facts, since: session.created });
  return [{ amount, discount: discountShown(work, discount, version) }];
};
