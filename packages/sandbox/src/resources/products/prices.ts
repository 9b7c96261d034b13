import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { provided } from '../../params.js';
import type { Searchable } from '../../search/matching.js';
import { refuseUnserved } from '../unserved.js';
import { type PriceData, type PriceObject, prices, putPrice, takenLookupKey } from './price.js';
import { type ProductData, products, putProduct } from './product.js';

const createPrice = operation<Stripe.PriceCreateParams>((context) => {
  const { params } = context;
  const { product, product_data: productData } = params;
  if (product !== undefined) context.require(products, product, 'product');
  if (product === undefined && productData === undefined) {
    throw invalidRequest('Missing required param: product.', { code: 'parameter_missing', param: 'product' });
  }
  if (product !== undefined && productData !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: product, product_data.', { param: 'product' });
  }
  const productId = product ?? putProduct(context, productData as unknown as ProductData).id;
  return putPrice(context, params as unknown as PriceData, productId);
});

const retrievePrice = operation<Stripe.PriceRetrieveParams>((context) =>
  context.require(prices, context.path.price ?? ''),
);

const updatePrice = operation<Stripe.PriceUpdateParams>((context) => {
  const { params } = context;
  refuseUnserved(params, ['currency_options']);
  const before = context.require(prices, context.path.price ?? '');
  if (
    before.tax_behavior !== 'unspecified' &&
    params.tax_behavior !== undefined &&
    params.tax_behavior !== before.tax_behavior
  ) {
    throw invalidRequest('`tax_behavior` cannot be changed once it was set.', { param: 'tax_behavior' });
  }
  const after = context.update(prices, before, {
    ...(provided({
      active: params.active,
      nickname: params.nickname,
      tax_behavior: params.tax_behavior,
    }) as Partial<PriceObject>),
    metadata: metadataMerged(before.metadata, params.metadata),
    ...(params.lookup_key === undefined
      ? {}
      : { lookup_key: takenLookupKey(context, params.lookup_key, params.transfer_lookup_key, before.id) }),
  });
  context.emit('price.updated', after, before);
  return after;
});

const listPrices = operation<Stripe.PriceListParams>((context) => {
  const { active, currency, lookup_keys: keys, product, recurring, type } = context.params;
  return context.list(prices, {
    ...(product === undefined ? {} : { where: { field: 'product', value: product } }),
    filter: (price) =>
      (active === undefined || price.active === active) &&
      (currency === undefined || price.currency === currency.toLowerCase()) &&
      (type === undefined || price.type === type) &&
      (keys === undefined || (price.lookup_key !== null && keys.includes(price.lookup_key))) &&
      (recurring?.interval === undefined || price.recurring?.interval === recurring.interval) &&
      (recurring?.usage_type === undefined || price.recurring?.usage_type === recurring.usage_type),
  });
});

/** https://docs.stripe.com/search#query-fields-for-prices */
const searchable: Searchable<PriceObject> = {
  resource: 'prices',
  fields: { active: 'token', currency: 'token', lookup_key: 'string', product: 'string', type: 'token' },
};

const searchPrices = operation<Stripe.PriceSearchParams>((context) => context.search(prices, searchable));

export const pricesResource: Resource = {
  collections: [prices],
  operations: {
    'POST /v1/prices': createPrice,
    'GET /v1/prices': listPrices,
    'GET /v1/prices/search': searchPrices,
    'GET /v1/prices/:price': retrievePrice,
    'POST /v1/prices/:price': updatePrice,
  },
};
