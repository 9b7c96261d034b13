import type Stripe from 'stripe';
import { emptyParameter, invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import type { Searchable } from '../../search/matching.js';
import { type PriceData, prices, putPrice } from './price.js';
import { type ProductData, type ProductObject, productChanges, products, putProduct } from './product.js';

const createProduct = operation<Stripe.ProductCreateParams>((context) => {
  const { params } = context;
  if (params.id !== undefined && context.get(products, params.id) !== undefined) {
    throw invalidRequest('Product already exists.', { code: 'resource_already_exists', param: 'id' });
  }
  const product = putProduct(context, params as unknown as ProductData);
  if (params.default_price_data === undefined) return product;
  const price = putPrice(context, params.default_price_data as unknown as PriceData, product.id);
  return context.update(products, product, { default_price: price.id });
});

const retrieveProduct = operation<Stripe.ProductRetrieveParams>((context) => {
  const id = context.path.product ?? '';
  return context.get(products, id) ?? context.deletedStub(products, id) ?? context.require(products, id);
});

const updateProduct = operation<Stripe.ProductUpdateParams>((context) => {
  const before = context.require(products, context.path.product ?? '');
  const { params } = context;
  if (params.name === '') throw emptyParameter('name');
  if (params.default_price !== undefined && context.get(prices, params.default_price)?.product !== before.id) {
    throw invalidRequest(`No such price: '${params.default_price}' of this product.`, {
      code: 'resource_missing',
      param: 'default_price',
    });
  }
  const after = context.update(products, before, {
    ...productChanges(params as Readonly<Record<string, unknown>>),
    ...(params.default_price === undefined ? {} : { default_price: params.default_price }),
    metadata: metadataMerged(before.metadata, params.metadata),
    updated: context.now,
  });
  context.emit('product.updated', after, before);
  return after;
});

/** A product with prices stays: https://docs.stripe.com/api/products/delete */
const deleteProduct = operation<Stripe.ProductDeleteParams>((context) => {
  const product = context.require(products, context.path.product ?? '');
  if (context.where(prices, 'product', product.id).length > 0) {
    throw invalidRequest('This product cannot be deleted because it has one or more user-created prices.');
  }
  const stub = context.remove(products, product.id);
  context.emit('product.deleted', product);
  return stub;
});

const listProducts = operation<Stripe.ProductListParams>((context) => {
  const { active, ids, shippable, url } = context.params;
  return context.list(products, {
    filter: (product) =>
      (active === undefined || product.active === active) &&
      (ids === undefined || ids.includes(product.id)) &&
      (shippable === undefined || product.shippable === shippable) &&
      (url === undefined || product.url === url),
  });
});

/** https://docs.stripe.com/search#query-fields-for-products */
const searchable: Searchable<ProductObject> = {
  resource: 'products',
  fields: { active: 'token', description: 'string', name: 'string', shippable: 'token', url: 'string' },
};

const searchProducts = operation<Stripe.ProductSearchParams>((context) => context.search(products, searchable));

export const productsResource: Resource = {
  collections: [products],
  operations: {
    'POST /v1/products': createProduct,
    'GET /v1/products': listProducts,
    'GET /v1/products/search': searchProducts,
    'GET /v1/products/:product': retrieveProduct,
    'POST /v1/products/:product': updateProduct,
    'DELETE /v1/products/:product': deleteProduct,
  },
};
