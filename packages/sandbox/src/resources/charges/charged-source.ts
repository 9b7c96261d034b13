import type Stripe from 'stripe';
import { invalidRequest, Refusal } from '../../errors.js';
import type { RequestContext } from '../../work.js';
import { customers } from '../customers/customer.js';
import { tokenCard } from '../payment-methods/card-details.js';
import { type PaymentMethodObject, paymentMethods, putCard } from '../payment-methods/payment-method.js';
import { cardOf } from '../sources/card.js';
import { tokensOver } from '../sources/source.js';
import { type SourceObject, sourceOf } from '../sources/sources-of.js';
import { type ChargeObject, idOf } from './charge.js';

type CreateContext = RequestContext<Stripe.ChargeCreateParams>;

export interface ChargedSource {
  readonly method: PaymentMethodObject;
  /** As the charge shows it. */
  readonly shown: ChargeObject['source'];
}

/** The card of a token, a customer's source that is named, or the one they pay with by default. */
export const chargedSource = (context: CreateContext): ChargedSource => {
  const { customer, source } = context.params;
  if (customer !== undefined) return ofCustomer(context, customer, source);
  if (source === undefined) throw invalidRequest('Must provide source or customer.', { code: 'parameter_missing' });
  if (context.account.takesCardTokens !== true) throw tokensOver();
  const entered = tokenCard(context, source, 'source');
  const method = context.update(paymentMethods, putCard(context, entered, { idPrefix: 'card' }), { _spent: true });
  return { method, shown: cardOf(method) };
};

const ofCustomer = (context: CreateContext, id: string, named: string | undefined): ChargedSource => {
  const customer = context.require(customers, id, 'customer');
  const sourceId = named ?? idOf(customer.default_source as string | null);
  if (sourceId === null) throw noSavedSource(context, id);
  const source = sourceOf(context, id, sourceId);
  if (source === undefined) {
    throw invalidRequest(`Customer ${id} does not have a linked source with ID ${sourceId}.`, {
      code: 'missing',
      param: 'source',
    });
  }
  requireDebitable(context, source);
  return { method: context.require(paymentMethods, source.id), shown: shownSource(source) };
};

const shownSource = (source: SourceObject): ChargeObject['source'] => {
  if (source.object === 'card') return source;
  const { _wrongAmounts, ...account } = source;
  return account;
};

/** https://docs.stripe.com/ach-deprecated: an account is verified before it is charged, and in dollars. */
const requireDebitable = ({ params }: CreateContext, source: SourceObject): void => {
  if (source.object === 'card') return;
  if (source.status !== 'verified') {
    throw invalidRequest(`The bank account ${source.id} must be verified before it can be charged.`, {
      param: 'source',
    });
  }
  if (params.currency?.toLowerCase() !== source.currency) {
    throw invalidRequest(`This bank account can only be charged in ${source.currency}.`, { param: 'currency' });
  }
  if (params.capture === false) {
    throw invalidRequest('Debits of a bank account cannot be held to be captured later.', { param: 'capture' });
  }
};

/** Both seen in a recording of August 2026: the second when a payment method is attached. */
const noSavedSource = (context: CreateContext, customer: string): Refusal =>
  new Refusal(402, {
    type: 'card_error',
    code: 'missing',
    param: 'card',
    message:
      context.where(paymentMethods, 'customer', customer).length === 0
        ? "This Customer doesn't have any saved payment details. Attach a legacy Token, Card, Bank Account, or Source to this Customer and then try this request again, or use Payment Intents and Payment Methods instead."
        : "This Customer doesn't have any legacy saved payment details, but does have a Payment Method attached. Use a Payment Intent instead of creating a Charge: https://stripe.com/docs/payments/payment-intents/migration",
  });
