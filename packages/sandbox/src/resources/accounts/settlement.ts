import { defineCollection, type StoredObject } from '../../collection.js';
import { invalidRequest } from '../../errors.js';
import type { Work } from '../../work.js';
import { checkedCurrency, decimalsOf } from '../currency-rules.js';

/** In which currency the account is paid, and what one unit of the others is worth in it. Not part of Stripe's API. */
interface SettlementRecord extends StoredObject {
  readonly currency: string;
  /** Currency → decimal, for example { eur: '1.0842' } for an account that settles in usd. */
  readonly rates: Readonly<Record<string, string>>;
}

export const settlements = defineCollection<SettlementRecord>({ type: '_settlement', prefix: 'settlement' });

const recordId = 'settlement';

/**
 * From here on, currencies with a rate are settled in `currency`; others stay as they are. `rates` is currency →
 * decimal text, by the control API.
 */
export const settlementSet = (work: Work, fields: Readonly<Record<string, unknown>>): SettlementRecord => {
  const rates: Record<string, string> = {};
  for (const [name, given] of Object.entries((fields.rates ?? {}) as Record<string, unknown>)) {
    const rate = String(given);
    if (!/^\d{1,9}(\.\d{1,9})?$/.test(rate) || /^[0.]+$/.test(rate)) {
      throw invalidRequest('A rate is a decimal above 0 with at most 9 decimals.', { param: `rates[${name}]` });
    }
    rates[checkedCurrency(name, `rates[${name}]`)] = rate;
  }
  return work.put(settlements, { id: recordId, currency: checkedCurrency(String(fields.currency ?? 'usd')), rates });
};

export interface Settlement {
  readonly currency: string;
  /** Null: settled in the currency it was charged in. */
  readonly rate: string | null;
}

/** How money charged in `currency` reaches the balance. */
export const settlementOf = (work: Work, currency: string): Settlement => {
  const record = work.get(settlements, recordId);
  const rate = record?.rates[currency];
  if (record === undefined || rate === undefined || record.currency === currency) return { currency, rate: null };
  return { currency: record.currency, rate };
};

const rateScale = 9;

/** Half away from zero, to whole units of the settlement currency's smallest unit. */
export const converted = (amount: number, from: string, settlement: Settlement): number => {
  if (settlement.rate === null || amount === 0) return amount;
  const [whole = '0', decimals = ''] = settlement.rate.split('.');
  const rate = BigInt(whole + decimals.padEnd(rateScale, '0'));
  const shift = decimalsOf(settlement.currency) - decimalsOf(from) - rateScale;
  const size = BigInt(Math.abs(amount)) * rate;
  const minor =
    shift >= 0 ? size * 10n ** BigInt(shift) : (2n * size + 10n ** BigInt(-shift)) / (2n * 10n ** BigInt(-shift));
  return Number(minor) * Math.sign(amount);
};
