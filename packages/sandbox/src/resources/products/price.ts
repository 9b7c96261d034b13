import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import type { Work } from '../../work.js';
import { checkedCurrency } from '../currency-rules.js';
import { meters } from '../meters/meter.js';
import { type UnitAmount, unitAmountIn } from '../unit-amount.js';

interface TierObject extends UnitAmount {
  readonly flat_amount: number | null;
  readonly flat_amount_decimal: string | null;
  readonly up_to: number | null;
}

interface CurrencyOption extends UnitAmount {
  readonly custom_unit_amount: null;
  readonly tax_behavior: string;
}

/** Decimals are strings, as they are on the wire. */
export interface PriceObject
  extends Omit<Stripe.Price, 'unit_amount' | 'unit_amount_decimal' | 'tiers' | 'currency_options'>,
    UnitAmount {
  readonly _tiers: readonly TierObject[] | null;
  readonly _currencyOptions: Readonly<Record<string, CurrencyOption>>;
}

export const prices = defineCollection<PriceObject>({
  type: 'price',
  prefix: 'price',
  path: (price) => `/v1/prices/${price.id}`,
  indexes: ['product', 'lookup_key'],
  isSearched: true,
  included: {
    tiers: (price) => price._tiers ?? [],
    currency_options: (price) => ({
      [price.currency]: currencyOption(price, price.tax_behavior ?? 'unspecified'),
      ...price._currencyOptions,
    }),
  },
});

const currencyOption = (amount: UnitAmount, taxBehavior: string): CurrencyOption => ({
  custom_unit_amount: null,
  tax_behavior: taxBehavior,
  unit_amount: amount.unit_amount,
  unit_amount_decimal: amount.unit_amount_decimal,
});

interface GivenAmount {
  readonly unit_amount?: number;
  readonly unit_amount_decimal?: unknown;
}

interface GivenTier extends GivenAmount {
  readonly flat_amount?: number;
  readonly flat_amount_decimal?: unknown;
  readonly up_to: number | 'inf';
}

/** What creates a price: a create call, a product's default price, or a line of a checkout. */
export interface PriceData extends GivenAmount {
  readonly currency: string;
  readonly active?: boolean;
  readonly billing_scheme?: PriceObject['billing_scheme'];
  readonly currency_options?: Readonly<Record<string, GivenAmount & { tax_behavior?: string }>>;
  readonly custom_unit_amount?: { enabled: boolean; maximum?: number; minimum?: number; preset?: number };
  readonly lookup_key?: string;
  readonly metadata?: Readonly<Record<string, string | number | null>>;
  readonly nickname?: string;
  readonly recurring?: Stripe.PriceCreateParams.Recurring;
  readonly tax_behavior?: PriceObject['tax_behavior'];
  readonly tiers?: readonly GivenTier[];
  readonly tiers_mode?: PriceObject['tiers_mode'];
  readonly transfer_lookup_key?: boolean;
  readonly transform_quantity?: PriceObject['transform_quantity'];
}

export const putPrice = (work: Work, data: PriceData, productId: string): PriceObject => {
  const scheme = data.billing_scheme ?? 'per_unit';
  const amount = unitAmountIn(data);
  requireAmount(data, scheme, amount);
  const custom = data.custom_unit_amount;
  const price: PriceObject = {
    id: work.newId('price'),
    object: 'price',
    active: data.active ?? true,
    billing_scheme: scheme,
    created: work.now,
    currency: checkedCurrency(data.currency),
    custom_unit_amount:
      custom?.enabled === true
        ? { maximum: custom.maximum ?? null, minimum: custom.minimum ?? null, preset: custom.preset ?? null }
        : null,
    livemode: work.account.livemode,
    lookup_key: takenLookupKey(work, data.lookup_key, data.transfer_lookup_key),
    metadata: metadataMerged({}, data.metadata),
    nickname: data.nickname ?? null,
    product: productId,
    recurring: recurringOf(work, data.recurring),
    tax_behavior: data.tax_behavior ?? 'unspecified',
    tiers_mode: scheme === 'tiered' ? (data.tiers_mode ?? null) : null,
    transform_quantity: data.transform_quantity ?? null,
    type: data.recurring === undefined ? 'one_time' : 'recurring',
    ...amount,
    _tiers: data.tiers?.map(tierFrom) ?? null,
    _currencyOptions: currencyOptionsFrom(data.currency_options ?? {}),
  };
  work.put(prices, price);
  work.emit('price.created', price);
  return price;
};

const requireAmount = (data: PriceData, scheme: string, amount: UnitAmount): void => {
  if (scheme === 'tiered') {
    if (data.tiers === undefined || data.tiers_mode === undefined) {
      throw invalidRequest('A tiered price needs `tiers` and `tiers_mode`.', {
        code: 'parameter_missing',
        param: data.tiers === undefined ? 'tiers' : 'tiers_mode',
      });
    }
    if (data.tiers.at(-1)?.up_to !== 'inf') {
      throw invalidRequest('The last tier must have `up_to` set to `inf`.', { param: 'tiers' });
    }
    return;
  }
  if (amount.unit_amount_decimal !== null || data.custom_unit_amount?.enabled === true) return;
  throw invalidRequest('One of unit_amount, unit_amount_decimal and custom_unit_amount is required.', {
    code: 'parameter_missing',
    param: 'unit_amount',
  });
};

const recurringOf = (work: Work, given: Stripe.PriceCreateParams.Recurring | undefined): PriceObject['recurring'] => {
  if (given === undefined) return null;
  if (given.meter !== undefined) work.require(meters, given.meter, 'recurring[meter]');
  return {
    interval: given.interval,
    interval_count: given.interval_count ?? 1,
    meter: given.meter ?? null,
    trial_period_days: given.trial_period_days ?? null,
    usage_type: given.usage_type ?? 'licensed',
  };
};

const tierFrom = (given: GivenTier, position: number): TierObject => {
  const flat = unitAmountIn(
    {
      ...(given.flat_amount === undefined ? {} : { unit_amount: given.flat_amount }),
      ...(given.flat_amount_decimal === undefined ? {} : { unit_amount_decimal: given.flat_amount_decimal }),
    },
    `tiers[${position}]`,
  );
  return {
    flat_amount: flat.unit_amount,
    flat_amount_decimal: flat.unit_amount_decimal,
    ...unitAmountIn(given, `tiers[${position}]`),
    up_to: given.up_to === 'inf' ? null : given.up_to,
  };
};

const currencyOptionsFrom = (given: NonNullable<PriceData['currency_options']>): Record<string, CurrencyOption> =>
  Object.fromEntries(
    Object.entries(given).map(([currency, option]) => [
      checkedCurrency(currency, `currency_options[${currency}]`),
      currencyOption(unitAmountIn(option, `currency_options[${currency}]`), option.tax_behavior ?? 'unspecified'),
    ]),
  );

/** A lookup key belongs to one price of the account; it moves only when that was asked for. */
export const takenLookupKey = (
  work: Work,
  key: string | undefined,
  transfer: boolean | undefined,
  selfId?: string,
): string | null => {
  if (key === undefined || key === '') return null;
  const holder = work.where(prices, 'lookup_key', key).find((price) => price.id !== selfId);
  if (holder === undefined) return key;
  if (transfer !== true) {
    throw invalidRequest(`A price (${holder.id}) already uses that lookup key.`, {
      code: 'resource_already_exists',
      param: 'lookup_key',
    });
  }
  work.emit('price.updated', work.update(prices, holder, { lookup_key: null }), holder);
  return key;
};
