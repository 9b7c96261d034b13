/** What an SDK call takes, with `@…` references in place of ids and times. */
export type Params = Readonly<Record<string, unknown>>;

/** The amount alone, or with the days it is for. */
export type ExpectedLine = number | readonly [amount: number, from: string, to: string];

/** What holds after a step; what is not named is not looked at. */
export interface Expected {
  /** Of the subscription. */
  readonly status?: string;
  readonly anchor?: string;
  /** First and last day of each item's current period, in the order of the items. */
  readonly periods?: readonly (readonly [from: string, to: string])[];
  readonly trial?: readonly [from: string | null, to: string | null];
  readonly cancelAt?: string | null;
  /** How many invoices there are, of all that the customer has. */
  readonly invoices?: number;
  /** All lines of the newest invoice, in any order. */
  readonly lines?: readonly ExpectedLine[];
  readonly subtotal?: number;
  readonly total?: number;
  readonly taxes?: number;
  readonly discounts?: number;
  /** What discounts take of each line, in the order of their amounts. */
  readonly lineDiscounts?: readonly number[];
  readonly due?: number;
  readonly paid?: number;
  readonly startingBalance?: number;
  readonly endingBalance?: number;
  readonly invoiceStatus?: string;
  readonly reason?: string;
  /** Words that the description of each line begins with. */
  readonly described?: string;
  /** Amounts of the items that wait for an invoice, in any order. */
  readonly pending?: readonly number[];
  /** The customer's credit balance; less than zero is a credit. */
  readonly balance?: number;
  /** Each credit of a proration names the invoice and the line that it gives back. */
  readonly creditsNamed?: boolean;
  readonly pendingUpdate?: boolean;
  readonly discounted?: boolean;
}

export interface Step {
  /** The clock is moved here first. */
  readonly at?: string;
  readonly create?: Params;
  readonly update?: Params;
  readonly cancel?: Params;
  readonly resume?: Params;
  readonly preview?: Params;
  readonly deleteItem?: Params & { readonly item: number };
  readonly balanceBy?: number;
  /** Meter events: so many units of the meter that the price of this name counts. */
  readonly usage?: readonly [price: string, units: number];
  /** A new default card of the customer. */
  readonly card?: string;
  readonly payNewest?: boolean;
  readonly voidNewest?: boolean;
  /** Stripe answers 400, or 402 where a payment is refused. */
  readonly refused?: { readonly status?: number; readonly param?: string };
  readonly expect?: Expected;
}

export interface BillingCase {
  /** What the page promises. */
  readonly promise: string;
  /** Its address. */
  readonly page: string;
  readonly mode?: 'classic' | 'flexible';
  readonly start: string;
  readonly prices: Readonly<Record<string, Params>>;
  readonly coupons?: Readonly<Record<string, Params>>;
  readonly rates?: Readonly<Record<string, Params>>;
  /** Fields of the customer; `card: null` has none. */
  readonly customer?: Params & { readonly card?: string | null };
  readonly steps: readonly Step[];
}

export const docs = (path: string): string => `https://docs.stripe.com${path}`;

const every = (interval: string, unit_amount: number, interval_count = 1): Params => ({
  unit_amount,
  recurring: { interval, interval_count },
});

export const weekly = (unit_amount: number, count = 1): Params => every('week', unit_amount, count);
export const monthly = (unit_amount: number, count = 1): Params => every('month', unit_amount, count);
export const yearly = (unit_amount: number): Params => every('year', unit_amount);

/** The item of this place, changed. */
export const changed = (fields: Params, item = 0): Params => ({ id: `@item:${item}`, ...fields });

export const subscribed = (price: string, fields: Params = {}): Params => ({
  items: [{ price: `@price:${price}` }],
  ...fields,
});
