import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { provided } from '../../params.js';
import type { Searchable } from '../../search/matching.js';
import { subscriptions } from '../../subscriptions/subscription.js';
import { endSubscription } from '../../subscriptions/subscription-end.js';
import type { DeletedStub, RequestContext, Work } from '../../work.js';
import { cashBalanceOf, setReconciliation } from '../cash-balance/cash-balance.js';
import { attach, paymentMethodFor, paymentMethods } from '../payment-methods/payment-method.js';
import { addressFrom, shippingFrom } from '../shipping.js';
import { withGivenSource } from '../sources/customer-source.js';
import { removeSource } from '../sources/source.js';
import { sourcesOf } from '../sources/sources-of.js';
import { type CustomerObject, clockOf, customers } from './customer.js';
import { setBalance } from './customer-balance.js';
import { type CustomerDiscountParams, giveDiscount } from './customer-discount.js';
import { putTaxId } from './tax-id.js';

const createCustomer = operation<Stripe.CustomerCreateParams & CustomerDiscountParams>((request) => {
  const { params } = request;
  const clockId = params.test_clock ?? null;
  if (clockId !== null) requireRoomOnClock(request, clockId);
  const context = request.onClock(clockId);
  const id = context.newId('cus');
  const attachedId = params.payment_method === undefined ? null : attachedMethod(context, params.payment_method, id);
  const given = params.invoice_settings?.default_payment_method;
  // The same magic id twice in one request is one card, or "attach and make it the default" could not be said.
  const isSame = given !== undefined && given === params.payment_method;
  const customer: CustomerObject = {
    ...newCustomer(context, id),
    ...changesFrom(params),
    invoice_settings: {
      ...noInvoiceSettings,
      ...invoiceSettingsFrom(params.invoice_settings),
      default_payment_method: isSame ? attachedId : null,
    },
    metadata: metadataMerged({}, params.metadata),
    test_clock: clockId,
  };
  context.put(customers, customer);
  const sourced = withGivenSource(context, customer, params);
  setReconciliation(context, id, params.cash_balance?.settings?.reconciliation_mode);
  const opened = setBalance(context, sourced, params.balance ?? 0, 'initial');
  if (given !== undefined && !isSame) requireAttached(context, given, id);
  context.emit('customer.created', opened);
  for (const taxId of params.tax_id_data ?? []) putTaxId(context, id, taxId);
  return giveDiscount(context, opened, params);
});

/** https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage */
const customersMaxPerClock = 3;

export const requireRoomOnClock = (work: Work, clockId: string): void => {
  if (work.where(customers, 'test_clock', clockId).length < customersMaxPerClock) return;
  throw invalidRequest(`A test clock takes at most ${customersMaxPerClock} customers.`, { param: 'test_clock' });
};

const noInvoiceSettings: CustomerObject['invoice_settings'] = {
  custom_fields: null,
  default_payment_method: null,
  footer: null,
  rendering_options: null,
};

/** The customer as it is when nothing was said about it. */
export const newCustomer = (work: Work, id: string): CustomerObject => ({
  id,
  object: 'customer',
  address: null,
  balance: 0,
  created: work.now,
  currency: null,
  customer_account: null,
  default_source: null,
  delinquent: false,
  description: null,
  discount: null,
  email: null,
  invoice_prefix: work.newToken(8).toUpperCase(),
  invoice_settings: noInvoiceSettings,
  livemode: work.account.livemode,
  metadata: {},
  name: null,
  next_invoice_sequence: 1,
  phone: null,
  preferred_locales: [],
  shipping: null,
  tax_exempt: 'none',
  test_clock: null,
});

const attachedMethod = (work: Work, methodId: string, customerId: string): string =>
  attach(work, paymentMethodFor(work, methodId, 'payment_method'), customerId).id;

type CustomerParams = Stripe.CustomerCreateParams | Stripe.CustomerUpdateParams;
type RenderingParams = NonNullable<CustomerParams['invoice_settings']>['rendering_options'];

const changesFrom = (params: CustomerParams): Partial<CustomerObject> => {
  const { invoice_prefix: prefix } = params;
  if (prefix !== undefined && !/^[A-Z0-9]{3,12}$/.test(prefix)) {
    throw invalidRequest('Invalid invoice_prefix: must be 3 to 12 uppercase letters or digits.', {
      param: 'invoice_prefix',
    });
  }
  return {
    ...namesFrom(params),
    ...(provided({
      address: addressFrom(params.address),
      description: params.description,
      email: emailFrom(params.email),
      invoice_prefix: prefix,
      name: params.name,
      next_invoice_sequence: params.next_invoice_sequence,
      phone: params.phone,
      preferred_locales: params.preferred_locales,
      shipping: shippingFrom(params.shipping),
      tax_exempt: params.tax_exempt === '' ? 'none' : params.tax_exempt,
    }) as Partial<CustomerObject>),
  };
};

/** Unset, these two are not null like others, but not there. */
const namesFrom = (params: CustomerParams): Partial<CustomerObject> =>
  Object.fromEntries(
    Object.entries({ business_name: params.business_name, individual_name: params.individual_name })
      .filter(([, name]) => name !== undefined)
      .map(([field, name]) => [field, name === '' ? undefined : name]),
  );

const emailLengthMax = 512;

const emailFrom = (email: string | undefined): string | undefined => {
  if (email === undefined || email === '') return email;
  if (/^[^\s@]+@[^\s@]+$/.test(email) && email.length <= emailLengthMax) return email;
  throw invalidRequest(`Invalid email address: ${email}`, { code: 'email_invalid', param: 'email' });
};

const invoiceSettingsFrom = (
  given: CustomerParams['invoice_settings'],
): Partial<CustomerObject['invoice_settings']> => {
  const settings = {
    custom_fields: given?.custom_fields,
    footer: given?.footer,
    rendering_options: renderingFrom(given?.rendering_options),
  };
  return provided(settings) as Partial<CustomerObject['invoice_settings']>;
};

const renderingFrom = (given: RenderingParams | undefined): object | '' | undefined =>
  typeof given === 'object' ? { amount_tax_display: null, template: null, ...provided({ ...given }) } : given;

const retrieveCustomer = operation<Stripe.CustomerRetrieveParams>((context) => {
  const id = context.path.customer ?? '';
  return context.get(customers, id) ?? context.deletedStub(customers, id) ?? context.require(customers, id);
});

const updateCustomer = operation<Stripe.CustomerUpdateParams & CustomerDiscountParams>((request) => {
  const before = request.require(customers, request.path.customer ?? '');
  const context = request.onClock(clockOf(before));
  const { params } = context;
  const after = context.update(customers, before, {
    ...changesFrom(params),
    metadata: metadataMerged(before.metadata, params.metadata),
    ...(params.invoice_settings === undefined ? {} : { invoice_settings: updatedInvoiceSettings(context, before) }),
  });
  const sourced = withGivenSource(context, after, params);
  setReconciliation(context, before.id, params.cash_balance?.settings?.reconciliation_mode);
  const balanced = params.balance === undefined ? sourced : setBalance(context, sourced, params.balance, 'adjustment');
  const discounted = giveDiscount(context, balanced, params);
  context.emit('customer.updated', discounted, before);
  return discounted;
});

const updatedInvoiceSettings = (
  context: RequestContext<Stripe.CustomerUpdateParams>,
  customer: CustomerObject,
): CustomerObject['invoice_settings'] => {
  const given = context.params.invoice_settings;
  const settings = { ...customer.invoice_settings, ...invoiceSettingsFrom(given) };
  const methodId = given?.default_payment_method;
  if (methodId === undefined) return settings;
  if (methodId === '') return { ...settings, default_payment_method: null };
  requireAttached(context, methodId, customer.id);
  return { ...settings, default_payment_method: methodId };
};

/** Being attached does not make a method the default, and a default must be attached. */
const requireAttached = (work: Work, methodId: string, customerId: string): void => {
  const param = 'invoice_settings[default_payment_method]';
  const method = work.get(paymentMethods, methodId);
  if (method?.customer === customerId) return;
  throw invalidRequest(
    `The customer does not have a payment method with the ID ${methodId}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param },
  );
};

const deleteCustomer = operation<Stripe.CustomerDeleteParams>((context) => {
  const before = context.require(customers, context.path.customer ?? '');
  // "You cannot delete a customer with any cash balances, even if the balance is 0": comment of `CashBalance` in the SDK.
  if (cashBalanceOf(context, before.id).available !== null) {
    throw invalidRequest(`Customer ${before.id} has a cash balance and cannot be deleted.`);
  }
  return removeCustomer(context.onClock(clockOf(before)), before);
});

/** Ends a customer with their subscriptions and lets go of their methods, which nobody can use again. */
export const removeCustomer = (work: Work, customer: CustomerObject): DeletedStub => {
  for (const subscription of work.where(subscriptions, 'customer', customer.id))
    endSubscription(work, subscription, {});
  for (const source of sourcesOf(work, customer.id)) removeSource(work, source);
  for (const method of work.where(paymentMethods, 'customer', customer.id)) {
    work.emit('payment_method.detached', work.update(paymentMethods, method, { customer: null, _spent: true }));
  }
  const last = work.require(customers, customer.id);
  const stub = work.remove(customers, customer.id);
  work.emit('customer.deleted', last);
  return stub;
};

const listCustomers = operation<Stripe.CustomerListParams>((context) => {
  const { email } = context.params;
  return context.list(customers, email === undefined ? {} : { where: { field: 'email', value: email } });
});

/** https://docs.stripe.com/search#query-fields-for-customers */
const searchable: Searchable<CustomerObject> = {
  resource: 'customers',
  fields: { created: 'numeric', email: 'string', name: 'string', phone: 'string' },
};

const searchCustomers = operation<Stripe.CustomerSearchParams>((context) => context.search(customers, searchable));

export const customersResource: Resource = {
  collections: [customers],
  operations: {
    'POST /v1/customers': createCustomer,
    'GET /v1/customers': listCustomers,
    'GET /v1/customers/search': searchCustomers,
    'GET /v1/customers/:customer': retrieveCustomer,
    'POST /v1/customers/:customer': updateCustomer,
    'DELETE /v1/customers/:customer': deleteCustomer,
  },
};
