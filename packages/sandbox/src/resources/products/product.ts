import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import { metadataMerged } from '../../metadata.js';
import { provided } from '../../params.js';
import type { Work } from '../../work.js';

export type ProductObject = Stripe.Product;

export const products = defineCollection<ProductObject>({
  type: 'product',
  prefix: 'prod',
  path: (product) => `/v1/products/${product.id}`,
  isSearched: true,
});

export interface ProductData {
  readonly id?: string;
  readonly name: string;
  readonly active?: boolean;
  readonly description?: string;
  readonly images?: string[];
  readonly metadata?: Readonly<Record<string, string | number | null>>;
  readonly [field: string]: unknown;
}

export const putProduct = (work: Work, data: ProductData): ProductObject => {
  const product: ProductObject = {
    id: data.id ?? work.newId('prod'),
    object: 'product',
    active: data.active ?? true,
    created: work.now,
    default_price: null,
    description: null,
    images: data.images ?? [],
    livemode: work.account.livemode,
    marketing_features: [],
    metadata: metadataMerged({}, data.metadata),
    name: data.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: work.now,
    url: null,
    ...productChanges(data),
  };
  work.put(products, product);
  work.emit('product.created', product);
  return product;
};

export const productChanges = (data: Readonly<Record<string, unknown>>): Partial<ProductObject> =>
  provided({
    active: data.active,
    description: data.description,
    images: data.images === '' ? [] : data.images,
    marketing_features: data.marketing_features === '' ? [] : data.marketing_features,
    name: data.name,
    package_dimensions: data.package_dimensions,
    shippable: data.shippable,
    statement_descriptor: data.statement_descriptor,
    tax_code: data.tax_code,
    tax_details: taxDetailsFrom(data.tax_details),
    type: data.type,
    unit_label: data.unit_label,
    url: data.url,
  }) as Partial<ProductObject>;

/** Kept and shown; there is no automatic tax that would look at them. */
const taxDetailsFrom = (given: unknown): ProductObject['tax_details'] | undefined => {
  if (typeof given !== 'object' || given === null) return given === '' ? null : undefined;
  const { performance_location: place, tax_code: code } = given as Stripe.ProductCreateParams.TaxDetails;
  return { performance_location: place ?? null, tax_code: code || null };
};
