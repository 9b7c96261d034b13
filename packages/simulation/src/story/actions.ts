import type { Action } from './story.js';
import { CARD_ACTIONS } from './story-cards.js';
import { CUSTOMER_ACTIONS } from './story-customers.js';
import { INVOICE_ACTIONS } from './story-invoices.js';
import { OPERATOR_ACTIONS } from './story-operators.js';

/** Everything people do in the simulation. */
export const ACTIONS: readonly Action[] = [
  ...CUSTOMER_ACTIONS,
  ...CARD_ACTIONS,
  ...INVOICE_ACTIONS,
  ...OPERATOR_ACTIONS,
];
