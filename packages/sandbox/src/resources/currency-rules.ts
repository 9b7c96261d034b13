import { invalidRequest } from '../errors.js';

/** https://docs.stripe.com/currencies#presentment-currencies */
const supported = new Set(
  (
    'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny cop crc ' +
    'cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr isk jmd jod jpy kes kgs ' +
    'khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mro mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr ' +
    'pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ' +
    'ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw'
  ).split(' '),
);

/** https://docs.stripe.com/currencies#zero-decimal */
const zeroDecimal = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
/** https://docs.stripe.com/currencies#three-decimal: the last digit is always 0. */
const threeDecimal = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd']);
/** No minor unit in use, and still sent with two decimals that are 00: https://docs.stripe.com/currencies#special-cases */
const wholeUnitsOnly = new Set(['isk', 'ugx']);

/** https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts; others count as `minimumDefault`. */
const minimum: Readonly<Record<string, number>> = {
  usd: 50,
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
};
const minimumDefault = 50;

const digitsMaxDefault = 8;
const digitsMax: Readonly<Record<string, number>> = { cop: 10, huf: 10, idr: 12, inr: 9, jpy: 10 };

/** Digits after the decimal point of an amount in this currency. */
export const decimalsOf = (currency: string): number => {
  if (zeroDecimal.has(currency)) return 0;
  return threeDecimal.has(currency) ? 3 : 2;
};

/** Lower case, and one that can be charged. */
export const checkedCurrency = (given: string, param = 'currency'): string => {
  const currency = given.toLowerCase();
  if (supported.has(currency)) return currency;
  throw invalidRequest(
    `Invalid currency: ${given}. See https://docs.stripe.com/currencies for those that can be charged.`,
    {
      param,
    },
  );
};

/** Less than this cannot be charged in the currency; in its smallest unit. */
export const minimumCharge = (currency: string): number => minimum[currency] ?? minimumDefault;

/** More than this cannot be charged at once; in its smallest unit. */
export const maximumCharge = (currency: string): number => 10 ** (digitsMax[currency] ?? digitsMaxDefault) - 1;

/** Refuses an amount that cannot be charged. `amount` is in the smallest unit of the currency. */
export const requireChargeable = (amount: number, currency: string, param = 'amount'): void => {
  requirePositiveInteger(amount, param);
  const most = maximumCharge(currency);
  if (amount > most) {
    throw invalidRequest(`Amount must be no more than ${most} in the smallest unit of ${currency}.`, {
      code: 'amount_too_large',
      param,
    });
  }
  requireWholeUnits(amount, currency, param);
  const least = minimumCharge(currency);
  if (amount < least) {
    throw invalidRequest(`Amount must be at least ${least} in the smallest unit of ${currency}.`, {
      code: 'amount_too_small',
      param,
    });
  }
};

export const requirePositiveInteger = (amount: number, param: string): void => {
  if (Number.isSafeInteger(amount) && amount > 0) return;
  throw invalidRequest('This value must be greater than or equal to 1.', { code: 'parameter_invalid_integer', param });
};

/** Refuses digits the currency does not have. */
export const requireWholeUnits = (amount: number, currency: string, param: string): void => {
  const step = wholeUnitsOnly.has(currency) ? 100 : threeDecimal.has(currency) ? 10 : 1;
  if (amount % step === 0) return;
  throw invalidRequest(`Invalid amount: in ${currency} it must be a multiple of ${step}.`, {
    code: 'invalid_charge_amount',
    param,
  });
};
