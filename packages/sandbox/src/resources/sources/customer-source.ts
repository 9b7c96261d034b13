import { resourceMissing } from '../../errors.js';
import type { Work } from '../../work.js';
import { idOf } from '../charges/charge.js';
import { type CustomerObject, customers } from '../customers/customer.js';
import { addSource, type GivenSource, removeSource } from './source.js';
import { sourceOf } from './sources-of.js';

interface SourceParams {
  readonly default_source?: string;
  readonly source?: string;
}

/** The customer after what a request says of their sources; it is told by whoever changes the customer. */
export const withGivenSource = (work: Work, customer: CustomerObject, params: SourceParams): CustomerObject => {
  const replaced = params.source === undefined ? customer : withNewSource(work, customer, params.source);
  const id = params.default_source;
  if (id === undefined) return replaced;
  if (sourceOf(work, customer.id, id) === undefined) throw resourceMissing('source', id, 'default_source');
  return work.update(customers, replaced, { default_source: id });
};

/** "Passing `source` will create a new source object, make it the new customer default source, and delete the old customer
 * default if one exists": https://docs.stripe.com/api/customers/update */
const withNewSource = (work: Work, customer: CustomerObject, given: GivenSource): CustomerObject => {
  const old = sourceOf(work, customer.id, idOf(customer.default_source as string | null) ?? '');
  const without = work.update(customers, customer, { default_source: null });
  const added = addSource(work, without, given, { metadata: {}, param: 'source' });
  if (old !== undefined) removeSource(work, old);
  return added.customer;
};
