import type Stripe from 'stripe';
import { invalidRequest, type Refusal } from '../../errors.js';
import type { Work } from '../../work.js';
import { requirePositiveInteger } from '../currency-rules.js';
import { type AmountDetailsLineItemObject, amountDetailsLineItems } from './amount-details-line-item.js';
import type { PaymentIntentObject } from './payment-intent.js';

type AmountDetails = PaymentIntentObject['amount_details'];
export type GivenAmountDetails = Stripe.PaymentIntentCreateParams.AmountDetails;
type GivenLine = Stripe.PaymentIntentCreateParams.AmountDetails.LineItem;

/** https://docs.stripe.com/api/payment_intents/create */
const linesMax = 200;
const unitLengthMax = 12;

/**
 * The intent's amount details after a request that gives some, and its line items with them: what is given replaces what
 * was there, `''` removes it. `amount` is what the intent asks for. Refuses sums that do not give it, unless the request
 * wants to be told in `amount_details.error` instead.
 */
export const amountDetailsAfter = (
  work: Work,
  intent: Pick<PaymentIntentObject, 'id' | 'amount' | 'amount_details'>,
  given: GivenAmountDetails,
): AmountDetails => {
  if (given.line_items !== undefined)
    replaceLines(work, intent.id, given.line_items === '' ? [] : (given.line_items ?? []));
  const { error: _error, ...before } = intent.amount_details ?? {};
  const after: Record<string, unknown> = { ...before };
  const wholes = { discount_amount: given.discount_amount, shipping: given.shipping, tax: given.tax };
  for (const [name, value] of Object.entries(wholes)) {
    if (value === '') delete after[name];
    else if (value !== undefined) after[name] = withNulls(name, value);
  }
  const details = after as NonNullable<AmountDetails>;
  const lines = work.where(amountDetailsLineItems, '_intent', intent.id);
  requireConsistent(details, lines);
  const error = mismatchOf(details, lines, intent.amount);
  if (error === undefined) return details;
  if (given.enforce_arithmetic_validation !== false) throw refusalOf(error);
  return { ...details, error };
};

const withNulls = (name: string, value: unknown): unknown => {
  if (name === 'discount_amount') {
    requirePositiveInteger(Number(value), 'amount_details[discount_amount]');
    return value;
  }
  const none =
    name === 'tax' ? { total_tax_amount: null } : { amount: null, from_postal_code: null, to_postal_code: null };
  const entries = Object.entries(value as object).map(([field, one]) => [field, one === '' ? null : one]);
  return { ...none, ...Object.fromEntries(entries) };
};

const replaceLines = (work: Work, intentId: string, lines: readonly GivenLine[]): void => {
  if (lines.length > linesMax) {
    throw invalidRequest(`At most ${linesMax} line items.`, { param: 'amount_details[line_items]' });
  }
  for (const line of work.where(amountDetailsLineItems, '_intent', intentId))
    work.remove(amountDetailsLineItems, line.id);
  const made = lines.map((line, position) => lineFrom(work, intentId, line, `amount_details[line_items][${position}]`));
  // Lists begin with what came last.
  for (const line of made.reverse()) work.put(amountDetailsLineItems, line);
};

const lineFrom = (work: Work, intentId: string, given: GivenLine, param: string): AmountDetailsLineItemObject => {
  requirePositiveInteger(given.quantity, `${param}[quantity]`);
  requireNotNegative(given.unit_cost, `${param}[unit_cost]`);
  if (given.discount_amount !== undefined) requirePositiveInteger(given.discount_amount, `${param}[discount_amount]`);
  if (given.tax !== undefined) requireNotNegative(given.tax.total_tax_amount, `${param}[tax][total_tax_amount]`);
  if (given.unit_of_measure !== undefined && given.unit_of_measure.length > unitLengthMax) {
    throw invalidRequest(`A unit of measure has at most ${unitLengthMax} characters.`, {
      param: `${param}[unit_of_measure]`,
    });
  }
  return {
    id: work.newId('uli'),
    object: 'payment_intent_amount_details_line_item',
    discount_amount: given.discount_amount ?? null,
    payment_method_options: optionsOf(given.payment_method_options),
    product_code: given.product_code ?? null,
    product_name: given.product_name,
    quantity: given.quantity,
    tax: given.tax ?? null,
    unit_cost: given.unit_cost,
    unit_of_measure: given.unit_of_measure ?? null,
    _intent: intentId,
  };
};

const noKlarna = { image_url: null, product_url: null, reference: null, subscription_reference: null };

const optionsOf = (
  given: GivenLine['payment_method_options'],
): AmountDetailsLineItemObject['payment_method_options'] =>
  given === undefined
    ? null
    : {
        ...(given.card === undefined ? {} : { card: { commodity_code: given.card.commodity_code ?? null } }),
        ...(given.card_present === undefined
          ? {}
          : { card_present: { commodity_code: given.card_present.commodity_code ?? null } }),
        ...(given.klarna === undefined ? {} : { klarna: { ...noKlarna, ...given.klarna } }),
        ...(given.paypal === undefined ? {} : { paypal: given.paypal }),
      };

const requireNotNegative = (amount: number, param: string): void => {
  if (Number.isSafeInteger(amount) && amount >= 0) return;
  throw invalidRequest('This value must be greater than or equal to 0.', { code: 'parameter_invalid_integer', param });
};

type Details = NonNullable<AmountDetails>;

/** Discount and tax stand either at the whole or at its lines. */
const requireConsistent = (details: Details, lines: readonly AmountDetailsLineItemObject[]): void => {
  const twice =
    details.discount_amount !== undefined && lines.some((line) => line.discount_amount !== null)
      ? 'discount_amount'
      : details.tax !== undefined && lines.some((line) => line.tax !== null)
        ? 'tax'
        : undefined;
  if (twice === undefined) return;
  const param = `amount_details[${twice}]`;
  throw invalidRequest(`\`${param}\` and \`amount_details[line_items][#][${twice}]\` exclude each other.`, { param });
};

interface Mismatch {
  readonly code: 'amount_details_amount_mismatch' | 'amount_details_tax_shipping_discount_greater_than_amount';
  readonly message: string;
}

const mismatchOf = (
  details: Details,
  lines: readonly AmountDetailsLineItemObject[],
  amount: number,
): Mismatch | undefined => {
  const discount = details.discount_amount ?? 0;
  const extra = (details.shipping?.amount ?? 0) + (details.tax?.total_tax_amount ?? 0);
  if (lines.length === 0) {
    if (extra + discount <= amount) return undefined;
    return {
      code: 'amount_details_tax_shipping_discount_greater_than_amount',
      message: `Tax, shipping and discount (${extra + discount}) are more than the amount (${amount}).`,
    };
  }
  const sum = lines.reduce((total, line) => total + amountOf(line), 0) + extra - discount;
  if (sum === amount) return undefined;
  return {
    code: 'amount_details_amount_mismatch',
    message: `Line items, tax, shipping and discount give ${sum}, and the amount is ${amount}.`,
  };
};

const amountOf = (line: AmountDetailsLineItemObject): number =>
  line.unit_cost * line.quantity + (line.tax?.total_tax_amount ?? 0) - (line.discount_amount ?? 0);

const refusalOf = (mismatch: Mismatch): Refusal =>
  invalidRequest(mismatch.message, { code: mismatch.code, param: 'amount_details' });
