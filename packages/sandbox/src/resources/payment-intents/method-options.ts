import { refuseUnserved } from '../unserved.js';

/** Those would change when money moves, how much of it, or who must be asked first. */
const unservedOfCards = [
  'capture_method',
  'installments',
  'mandate_options',
  'moto',
  'request_extended_authorization',
  'request_incremental_authorization',
  'request_multicapture',
  'request_overcapture',
  'require_cvc_recollection',
  'setup_future_usage',
  'three_d_secure',
];

const unservedOfDebits = ['setup_future_usage', 'target_date'];

interface Options {
  readonly card?: object | '' | null;
  readonly sepa_debit?: object | '' | null;
}

/** Of the options of cards, whether to ask for authentication is served. Options of methods that are not served ask for nothing. */
export const refuseUnservedOptions = (options: Options | undefined): void => {
  refuseUnserved(asked(options?.card), unservedOfCards, 'payment_method_options[card]');
  refuseUnserved(asked(options?.sepa_debit), unservedOfDebits, 'payment_method_options[sepa_debit]');
};

/** `never` and `none` ask for what happens anyway. */
const asked = (options: object | '' | null | undefined): object =>
  Object.fromEntries(Object.entries(options || {}).filter(([, value]) => value !== 'never' && value !== 'none'));
