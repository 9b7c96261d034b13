import type Stripe from 'stripe';
import { invalidRequest, resourceMissing } from '../../errors.js';
import { operation, type Resource } from '../../operation.js';
import type { RequestContext, Work } from '../../work.js';
import { refuseUnserved } from '../unserved.js';
import { customers } from './customer.js';
import { putAccountTaxId, putTaxId, type TaxIdObject, taxIds } from './tax-id.js';

const customerIn = <P>(context: RequestContext<P>): string =>
  context.require(customers, context.path.customer ?? '').id;

const taxIdIn = <P>(context: RequestContext<P>): TaxIdObject => {
  const customerId = customerIn(context);
  const id = context.path.tax_id ?? '';
  const found = context.get(taxIds, id);
  if (found?.customer !== customerId) throw resourceMissing(taxIds.label, id);
  return found;
};

const createTaxId = operation<Stripe.CustomerCreateTaxIdParams>((context) =>
  putTaxId(context, customerIn(context), context.params),
);

const retrieveTaxId = operation<Stripe.CustomerRetrieveTaxIdParams>((context) => taxIdIn(context));

const listTaxIds = operation<Stripe.CustomerListTaxIdsParams>((context) =>
  context.list(taxIds, { where: { field: 'customer', value: customerIn(context) } }),
);

const deleteTaxId = operation<Stripe.CustomerDeleteTaxIdParams>((context) => removeTaxId(context, taxIdIn(context)));

const removeTaxId = (work: Work, taxId: TaxIdObject) => {
  const stub = work.remove(taxIds, taxId.id);
  if (taxId.customer !== null) work.emit('customer.tax_id.deleted', taxId);
  return stub;
};

/** Whose tax ids are meant: https://docs.stripe.com/api/tax_ids/create; null for the account's own. */
const ownerIn = (context: RequestContext<{ readonly owner?: Stripe.TaxIdCreateParams.Owner }>): string | null => {
  const { owner } = context.params;
  if (owner === undefined || owner.type === 'self') return null;
  if (owner.type !== 'customer') {
    throw invalidRequest('Tax ids of connected accounts and applications are not served by this sandbox.', {
      param: 'owner[type]',
    });
  }
  refuseUnserved(owner, ['account', 'customer_account'], 'owner');
  if (owner.customer !== undefined) return context.require(customers, owner.customer, 'owner[customer]').id;
  throw invalidRequest('Missing required param: owner[customer].', {
    code: 'parameter_missing',
    param: 'owner[customer]',
  });
};

const createOwnTaxId = operation<Stripe.TaxIdCreateParams>((context) => {
  const customerId = ownerIn(context);
  return customerId === null ? putAccountTaxId(context, context.params) : putTaxId(context, customerId, context.params);
});

/** Of the account or of any customer. */
const anyTaxIdIn = <P>(context: RequestContext<P>): TaxIdObject => context.require(taxIds, context.path.tax_id ?? '');

const retrieveAnyTaxId = operation<Stripe.TaxIdRetrieveParams>((context) => anyTaxIdIn(context));

const listOwnTaxIds = operation<Stripe.TaxIdListParams>((context) => {
  const customerId = ownerIn(context);
  if (customerId !== null) return context.list(taxIds, { where: { field: 'customer', value: customerId } });
  return context.list(taxIds, { filter: (taxId) => taxId.owner?.type === 'self' });
});

const deleteAnyTaxId = operation<Stripe.TaxIdDeleteParams>((context) => removeTaxId(context, anyTaxIdIn(context)));

export const taxIdsResource: Resource = {
  collections: [taxIds],
  operations: {
    'POST /v1/customers/:customer/tax_ids': createTaxId,
    'GET /v1/customers/:customer/tax_ids': listTaxIds,
    'GET /v1/customers/:customer/tax_ids/:tax_id': retrieveTaxId,
    'DELETE /v1/customers/:customer/tax_ids/:tax_id': deleteTaxId,
    'POST /v1/tax_ids': createOwnTaxId,
    'GET /v1/tax_ids': listOwnTaxIds,
    'GET /v1/tax_ids/:tax_id': retrieveAnyTaxId,
    'DELETE /v1/tax_ids/:tax_id': deleteAnyTaxId,
  },
};
