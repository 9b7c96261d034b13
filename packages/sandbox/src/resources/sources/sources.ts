import type Stripe from 'stripe';
import { invalidRequest, Refusal } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { itemsPage } from '../../pagination.js';
import { provided } from '../../params.js';
import type { RequestContext, Work } from '../../work.js';
import { type CustomerObject, clockOf, customers } from '../customers/customer.js';
import { requireExpiry } from '../payment-methods/card-details.js';
import { paymentMethods, withBillingDetails } from '../payment-methods/payment-method.js';
import { type BankAccountObject, bankAccounts, verifyBankAccount } from './bank-account.js';
import { type CardObject, cardExpires, cards, keepCard } from './card.js';
import { addSource, type GivenSource, refuseMembers, removeSource } from './source.js';
import { requireSource, type SourceObject, sourcesOf } from './sources-of.js';

interface Place<P> {
  readonly context: RequestContext<P>;
  readonly customer: CustomerObject;
}

/** A customer on a test clock lives in its time, and so do their sources. */
const placeOf = <P>(request: RequestContext<P>): Place<P> => {
  const customer = request.require(customers, request.path.customer ?? '');
  return { context: request.onClock(clockOf(customer)), customer };
};

const sourceIn = <P>({ context, customer }: Place<P>): SourceObject =>
  requireSource(context, customer.id, context.path.source ?? '');

const createSource = operation<Stripe.CustomerCreateSourceParams>((request) => {
  const { context, customer } = placeOf(request);
  const { metadata, source: given } = context.params;
  const added = addSource(context, customer, given as GivenSource, {
    metadata: metadataMerged({}, metadata),
    param: 'source',
  });
  context.emit('customer.updated', added.customer, customer);
  return added.source;
});

const retrieveSource = operation<Stripe.CustomerRetrieveSourceParams>((request) => sourceIn(placeOf(request)));

const kinds: readonly string[] = ['bank_account', 'card', 'source'];

const listSources = operation<Stripe.CustomerListSourcesParams>((request) => {
  const { context, customer } = placeOf(request);
  const { object } = context.params;
  if (object !== undefined && !kinds.includes(object)) {
    throw invalidRequest(`Invalid object: must be one of ${kinds.join(', ')}`, { param: 'object' });
  }
  const all = sourcesOf(context, customer.id).filter((one) => object === undefined || one.object === object);
  return itemsPage(all.reverse(), context.params, { url: context.url, label: 'source' });
});

const updateSource = operation<Stripe.CustomerUpdateSourceParams>((request) => {
  const place = placeOf(request);
  const before = sourceIn(place);
  const after = before.object === 'card' ? changedCard(place.context, before) : changedAccount(place.context, before);
  place.context.emit('customer.source.updated', after, before);
  return after;
});

type UpdateContext = RequestContext<Stripe.CustomerUpdateSourceParams>;

const ofCards = ['address_city', 'address_country', 'address_line1', 'address_line2', 'address_state', 'address_zip'];
const onlyOfCards = [...ofCards, 'exp_month', 'exp_year', 'name'];
const onlyOfAccounts = ['account_holder_name', 'account_holder_type'];

const changedCard = (context: UpdateContext, before: CardObject): CardObject => {
  const { params } = context;
  refuseMembers(params, [...onlyOfAccounts, 'owner']);
  const method = context.require(paymentMethods, before.id);
  const { card } = method;
  if (card === undefined) return before;
  const expiry = { month: Number(params.exp_month ?? card.exp_month), year: yearOf(params.exp_year, card.exp_year) };
  if (params.exp_month !== undefined || params.exp_year !== undefined) requireExpiry(context, expiry, '');
  const address = provided({
    city: params.address_city,
    country: params.address_country,
    line1: params.address_line1,
    line2: params.address_line2,
    postal_code: params.address_zip,
    state: params.address_state,
  });
  const changed = context.update(paymentMethods, method, {
    billing_details: withBillingDetails(method.billing_details, {
      name: params.name,
      ...(Object.keys(address).length === 0 ? {} : { address }),
    }),
    card: {
      ...card,
      checks: checksOf(card.checks, params),
      exp_month: expiry.month,
      exp_year: expiry.year,
    },
    metadata: metadataMerged(method.metadata, params.metadata),
  });
  return keepCard(context, changed) ?? before;
};

/** Stripe takes years of two digits, too. */
const yearOf = (given: string | undefined, before: number): number => {
  if (given === undefined) return before;
  const year = Number(given);
  return year < 100 ? 2000 + year : year;
};

type Checks = NonNullable<Stripe.PaymentMethod['card']>['checks'];

/** A test card's address is right, whatever it is: https://docs.stripe.com/testing */
const checksOf = (before: Checks, params: Stripe.CustomerUpdateSourceParams): Checks => ({
  address_line1_check: checked(before?.address_line1_check, params.address_line1),
  address_postal_code_check: checked(before?.address_postal_code_check, params.address_zip),
  cvc_check: before?.cvc_check ?? null,
});

const checked = (before: string | null | undefined, given: string | undefined): 'pass' | null => {
  if (given === undefined) return before === 'pass' ? 'pass' : null;
  return given === '' ? null : 'pass';
};

const changedAccount = (context: UpdateContext, before: BankAccountObject): BankAccountObject => {
  const { params } = context;
  refuseMembers(params, [...onlyOfCards, 'owner']);
  return context.update(bankAccounts, before, {
    ...(provided({
      account_holder_name: params.account_holder_name,
      account_holder_type: params.account_holder_type,
    }) as Partial<BankAccountObject>),
    metadata: metadataMerged(before.metadata ?? {}, params.metadata),
  });
};

const deleteSource = operation<Stripe.CustomerDeleteSourceParams>((request) => {
  const place = placeOf(request);
  return removeSource(place.context, sourceIn(place));
});

const verifySource = operation<Stripe.CustomerVerifySourceParams>((request) => {
  const place = placeOf(request);
  const { context } = place;
  const before = sourceIn(place);
  if (before.object !== 'bank_account') {
    throw invalidRequest('Only bank accounts are verified by their deposits.', { param: 'id' });
  }
  requireUnverified(before);
  const { amounts = [] } = context.params;
  if (amounts.length !== 2) {
    throw invalidRequest('You must provide exactly two microdeposit amounts.', { param: 'amounts' });
  }
  const { account, mistake } = verifyBankAccount(context, before, amounts);
  context.emit('customer.source.updated', account, before);
  if (mistake !== null) throw wrongAmounts(mistake);
  return account;
});

const requireUnverified = ({ status }: BankAccountObject): void => {
  if (status === 'verified') {
    throw invalidRequest('This bank account has already been verified.', { code: 'bank_account_exists' });
  }
  if (status === 'verification_failed') {
    throw invalidRequest('Verification of this bank account has failed too often.', {
      code: 'bank_account_verification_failed',
    });
  }
};

/** That somebody was wrong is kept: https://docs.stripe.com/error-codes#bank-account-verification-failed */
const wrongAmounts = (message: string): Refusal =>
  new Refusal(
    400,
    { type: 'invalid_request_error', code: 'bank_account_verification_failed', message },
    { commits: true },
  );

/** In the month at whose end it expires: comment of `customer.source.expiring` in the SDK. */
const tellExpiring = (work: Work, id: string): void => {
  const card = work.get(cards, id);
  if (card !== undefined) work.emit('customer.source.expiring', card);
};

export const sourcesResource: Resource = {
  collections: [cards, bankAccounts],
  operations: {
    'POST /v1/customers/:customer/sources': createSource,
    'GET /v1/customers/:customer/sources': listSources,
    'GET /v1/customers/:customer/sources/:source': retrieveSource,
    'POST /v1/customers/:customer/sources/:source': updateSource,
    'DELETE /v1/customers/:customer/sources/:source': deleteSource,
    'POST /v1/customers/:customer/sources/:source/verify': verifySource,
  },
  scheduled: { [cardExpires]: tellExpiring },
};
