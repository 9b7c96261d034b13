import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { provided } from '../../params.js';

export type TaxRateObject = Stripe.TaxRate;

export const taxRates = defineCollection<TaxRateObject>({
  type: 'tax_rate',
  prefix: 'txr',
  label: 'tax rate',
  path: (rate) => `/v1/tax_rates/${rate.id}`,
});

const createTaxRate = operation<Stripe.TaxRateCreateParams>((context) => {
  const { params } = context;
  if (params.percentage < 0 || params.percentage > 100) {
    throw invalidRequest('`percentage` must be between 0 and 100.', { param: 'percentage' });
  }
  const taxRate = context.put(taxRates, {
    id: context.newId('txr'),
    object: 'tax_rate',
    active: params.active ?? true,
    country: params.country ?? null,
    created: context.now,
    description: params.description ?? null,
    display_name: params.display_name,
    effective_percentage: params.percentage,
    flat_amount: null,
    inclusive: params.inclusive,
    jurisdiction: params.jurisdiction ?? null,
    jurisdiction_level: null,
    livemode: context.account.livemode,
    metadata: metadataMerged({}, params.metadata),
    percentage: params.percentage,
    rate_type: 'percentage',
    state: params.state ?? null,
    tax_type: params.tax_type ?? null,
  });
  context.emit('tax_rate.created', taxRate);
  return taxRate;
});

const retrieveTaxRate = operation<Stripe.TaxRateRetrieveParams>((context) =>
  context.require(taxRates, context.path.tax_rate ?? ''),
);

const updateTaxRate = operation<Stripe.TaxRateUpdateParams>((context) => {
  const before = context.require(taxRates, context.path.tax_rate ?? '');
  const { params } = context;
  const { active, country, description, display_name, jurisdiction, state, tax_type } = params;
  const after = context.update(taxRates, before, {
    ...(provided({
      active,
      country,
      description,
      display_name,
      jurisdiction,
      state,
      tax_type,
    }) as Partial<TaxRateObject>),
    metadata: metadataMerged(before.metadata, params.metadata),
  });
  context.emit('tax_rate.updated', after, before);
  return after;
});

const listTaxRates = operation<Stripe.TaxRateListParams>((context) => {
  const { active, inclusive } = context.params;
  return context.list(taxRates, {
    filter: (rate) =>
      (active === undefined || rate.active === active) && (inclusive === undefined || rate.inclusive === inclusive),
  });
});

export const taxRatesResource: Resource = {
  collections: [taxRates],
  operations: {
    'POST /v1/tax_rates': createTaxRate,
    'GET /v1/tax_rates': listTaxRates,
    'GET /v1/tax_rates/:tax_rate': retrieveTaxRate,
    'POST /v1/tax_rates/:tax_rate': updateTaxRate,
  },
};
