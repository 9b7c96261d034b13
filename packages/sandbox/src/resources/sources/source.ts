import { invalidRequest, type Refusal, resourceMissing } from '../../errors.js';
import type { DeletedStub, Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { type CustomerObject, customers } from '../customers/customer.js';
import { type CardEntry, enteredCard, tokenCard } from '../payment-methods/card-details.js';
import { attach, paymentMethods, putCard } from '../payment-methods/payment-method.js';
import {
  type BankAccountEntry,
  bankAccounts,
  enteredBankAccount,
  putBankAccountSource,
  tokenBankAccount,
} from './bank-account.js';
import { type CardObject, cardExpires, cards, keepCard } from './card.js';
import { type SourceObject, sourcesOf } from './sources-of.js';

/** What a request gives as `source`: a token, or the thing itself. */
export type GivenSource = string | (BankAccountEntry & CardEntry & { readonly object: string; readonly name?: string });

/** Gives the customer a source, which they pay with by default where they have no other. Says nothing of the customer. */
export const addSource = (
  work: Work,
  customer: CustomerObject,
  given: GivenSource,
  { metadata, param }: { readonly metadata: Record<string, string>; readonly param: string },
): { readonly customer: CustomerObject; readonly source: SourceObject } => {
  const source = sourceFrom(work, customer.id, given, { metadata, param });
  work.emit('customer.source.created', source);
  if (customer.default_source !== null) return { customer, source };
  return { customer: work.update(customers, customer, { default_source: source.id }), source };
};

interface SourceExtras {
  readonly metadata: Record<string, string>;
  readonly param: string;
}

const sourceFrom = (work: Work, customer: string, given: GivenSource, extras: SourceExtras): SourceObject => {
  const { metadata, param } = extras;
  if (typeof given === 'string') {
    if (given.startsWith('btok_'))
      return putBankAccountSource(work, customer, tokenBankAccount(given, param), metadata);
    if (given.startsWith('tok_')) return cardFrom(work, customer, tokenCard(work, given, param), extras);
    throw resourceMissing(given.startsWith('src_') ? 'source' : 'token', given, param);
  }
  if (given.object === 'bank_account') {
    refuseMembers(given, ['cvc', 'exp_month', 'exp_year', 'name', 'number'], param);
    return putBankAccountSource(work, customer, enteredBankAccount(given, param), metadata);
  }
  if (given.object === 'card') {
    refuseMembers(given, ['account_holder_name', 'account_holder_type', 'account_number', 'routing_number'], param);
    return cardFrom(work, customer, enteredCard(work, given, param), extras, given.name);
  }
  throw invalidRequest(`Invalid ${param}[object]: must be one of bank_account or card`, { param: `${param}[object]` });
};

/** What belongs to the other kind of source is no parameter of this one. */
export const refuseMembers = (given: object, names: readonly string[], inside = ''): void => {
  const found = names.find((name) => (given as Readonly<Record<string, unknown>>)[name] !== undefined);
  if (found === undefined) return;
  const param = inside === '' ? found : `${inside}[${found}]`;
  throw invalidRequest(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param });
};

/** A card that plainly declines is refused as it is when a payment method is attached. */
const cardFrom = (
  work: Work,
  customer: string,
  entered: ReturnType<typeof tokenCard>,
  { metadata }: SourceExtras,
  name?: string,
): CardObject => {
  if (work.account.takesCardTokens !== true) throw tokensOver();
  const billing = name === undefined ? {} : { billingDetails: { name } };
  const method = attach(work, putCard(work, entered, { idPrefix: 'card', metadata, ...billing }), customer);
  const card = keepCard(work, method);
  if (card === undefined) throw resourceMissing('source', method.id);
  return card;
};

/** What an account answers whose policies were not changed; `POST /_sandbox/accounts { card_tokens: true }` changes them. */
export const tokensOver = (): Refusal =>
  invalidRequest(
    'Card Token usage on the Customers API and Charges API has reached end of life. In order to continue processing your payments, you will need to use the Payment Intents and Payment Methods API. If you need to continue to use Card Tokens on the Customers and Charges API, enable this functionality in your API policies settings: https://dashboard.stripe.com/settings/developers/api-policies',
  );

/**
 * Takes a source from its customer: the newest that is left becomes the default where the default one went.
 * https://docs.stripe.com/api/cards/delete
 */
export const removeSource = (work: Work, source: SourceObject): DeletedStub => {
  const collection = source.object === 'card' ? cards : bankAccounts;
  const stub = work.remove(collection as typeof cards, source.id);
  work.unschedule(cardExpires, source.id);
  const method = work.get(paymentMethods, source.id);
  if (method !== undefined) {
    work.emit('payment_method.detached', work.update(paymentMethods, method, { customer: null, _spent: true }));
  }
  work.emit('customer.source.deleted', source);
  const customer = work.get(customers, source.customer);
  if (customer !== undefined) {
    const changes = withoutSource(work, customer, source.id);
    work.emit('customer.updated', work.update(customers, customer, changes), customer);
  }
  return stub;
};

const withoutSource = (work: Work, customer: CustomerObject, gone: string): Partial<CustomerObject> => {
  const { default_source: standard, invoice_settings: settings } = customer;
  const newest = sourcesOf(work, customer.id).at(-1)?.id ?? null;
  return {
    ...(idOf(standard as string | null) === gone ? { default_source: newest } : {}),
    ...(settings.default_payment_method === gone
      ? { invoice_settings: { ...settings, default_payment_method: null } }
      : {}),
  };
};
