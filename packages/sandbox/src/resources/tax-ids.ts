import type Stripe from 'stripe';
import { resourceMissing } from '../errors.js';
import { operation, type Resource } from '../operation.js';
import type { RequestContext } from '../work.js';
import { customers } from './customer.js';
import { putTaxId, type TaxIdObject, taxIds } from './tax-id.js';

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

const deleteTaxId = operation<Stripe.CustomerDeleteTaxIdParams>((context) => {
  const taxId = taxIdIn(context);
  const stub = context.remove(taxIds, taxId.id);
  context.emit('customer.tax_id.deleted', taxId);
  return stub;
});

export const taxIdsResource: Resource = {
  collections: [taxIds],
  operations: {
    'POST /v1/customers/:customer/tax_ids': createTaxId,
    'GET /v1/customers/:customer/tax_ids': listTaxIds,
    'GET /v1/customers/:customer/tax_ids/:tax_id': retrieveTaxId,
    'DELETE /v1/customers/:customer/tax_ids/:tax_id': deleteTaxId,
  },
};
