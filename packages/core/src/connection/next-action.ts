import type { ConnectionReason } from './states.js';

/** What a person does next about a connection; null when there is nothing to do. */
const NEXT_ACTIONS: Readonly<Record<ConnectionReason, string | null>> = {
  account_status_awaited: 'Wait a moment: Stripe tells the state of the account within minutes.',
  requirements_due: 'Give Stripe the details it asks for, in its dashboard under Settings, Account.',
  card_payments_pending: 'Wait for Stripe, or look in its dashboard whether it asks for something.',
  verification_pending: 'Wait until Stripe has checked the details; this can take some days.',
  key_proven: null,
  account_active: null,
  permission_missing: 'Give the key the rights that the checklist names, then check again.',
  events_missing: 'Give the key the right to read events, then check again.',
  account_restricted: 'Look into the Stripe dashboard: it says why the account is restricted and what lifts it.',
  card_payments_inactive: 'Ask for card payments in the Stripe dashboard under Settings, Payment methods.',
  check_failed: 'Look at the message, put right what it names in Stripe, then check again.',
  disconnected_by_operator: 'Put a key of the same account in place when you want to collect again.',
  key_refused: 'Make a new key of the same account in Stripe and put it in place of the old one.',
  deauthorized_in_stripe: 'Connect Stripe again from the settings page.',
  account_closed: 'Connect another Stripe account.',
  reconnected: null,
};

/** The next step for a person, as a sentence; null when none is needed. */
export const nextActionOf = (reason: ConnectionReason): string | null => NEXT_ACTIONS[reason];
