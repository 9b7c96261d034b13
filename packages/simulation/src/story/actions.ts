import { CARD_ACTIONS } from './cards.js';
import { CUSTOMER_ACTIONS } from './customers.js';
import { INVOICE_ACTIONS } from './invoices.js';
import { LATE_PAYER_ACTIONS } from './late-payers.js';
import { OPERATOR_ACTIONS } from './operators.js';
import { PAYMENT_ACTIONS } from './payments.js';
import type { Action } from './story.js';

/** Everything people do in the simulation. */
export const ACTIONS: readonly Action[] = [
  ...CUSTOMER_ACTIONS,
  ...CARD_ACTIONS,
  ...INVOICE_ACTIONS,
  ...PAYMENT_ACTIONS,
  ...LATE_PAYER_ACTIONS,
  ...OPERATOR_ACTIONS,
];
