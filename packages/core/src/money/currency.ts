import { invariant } from '../invariant.js';
import { err, ok, type Result } from '../result.js';

declare const currencyBrand: unique symbol;

/** An active ISO 4217 code in lower case, as Stripe writes it. */
export type Currency = string & { readonly [currencyBrand]: true };

// ISO 4217 list one, active codes that have a minor unit ("CcyMnrUnts"). Codes without one (gold, drawing rights, test)
// cannot be charged. The Bulgarian lev left the list when the euro came on 2026-01-01.
const CODES_BY_DIGITS: readonly (readonly [digits: number, codes: string])[] = [
  [0, 'bif clp djf gnf isk jpy kmf krw pyg rwf ugx uyi vnd vuv xaf xof xpf'],
  [
    2,
    `aed afn all amd aoa ars aud awg azn bam bbd bdt bmd bnd bob bov brl bsd btn bwp byn bzd cad cdf che chf chw cny cop
     cou crc cup cve czk dkk dop dzd egp ern etb eur fjd fkp gbp gel ghs gip gmd gtq gyd hkd hnl htg huf idr ils inr irr
     jmd kes kgs khr kpw kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mru mur mvr mwk mxn mxv myr mzn nad ngn
     nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sdg sek sgd shp sle sos srd ssp stn svc syp szl
     thb tjs tmt top try ttd twd tzs uah usd usn uyu uzs ved ves wst xad xcd xcg yer zar zmw zwg`,
  ],
  [3, 'bhd iqd jod kwd lyd omr tnd'],
  [4, 'clf uyw'],
];

const DIGITS: ReadonlyMap<string, number> = new Map(
  CODES_BY_DIGITS.flatMap(([digits, codes]) =>
    codes.split(/\s+/).map((code): readonly [string, number] => [code, digits]),
  ),
);

/** Every currency known, in alphabetical order. */
export const CURRENCIES: readonly Currency[] = [...DIGITS.keys()].sort() as Currency[];

export interface CurrencyUnknown {
  readonly code: 'currency_unknown';
  readonly text: string;
}

/**
 * The currency that `text` names, in upper or lower case.
 *
 * Errors: `currency_unknown` when it is no active ISO 4217 code with a minor unit.
 */
export function parseCurrency(text: string): Result<Currency, CurrencyUnknown> {
  const code = text.toLowerCase();
  return DIGITS.has(code) ? ok(code as Currency) : err({ code: 'currency_unknown', text });
}

/** The currency of a code that the program itself wrote or stored. Errors: none; another code is an invariant violation. */
export function currencyOf(code: string): Currency {
  invariant(DIGITS.has(code), `${code} is a lower-case ISO 4217 code`);
  return code as Currency;
}

/** How many decimal places the major unit has: 2 for eur, 0 for jpy, 3 for kwd. */
export function minorDigits(currency: Currency): number {
  const digits = DIGITS.get(currency);
  invariant(digits !== undefined, `${currency} is a currency of ISO 4217`);
  return digits;
}
