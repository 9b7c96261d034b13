import type { ConnectionMode } from './mode.js';
import type { ConnectionReason } from './states.js';

type NextActions = Readonly<Record<ConnectionReason, string | null>>;

/** What a person does next about a connection; null when there is nothing to do. */
const BY_KEY: NextActions = {
  account_status_awaited: 'Wait a moment: Stripe tells the state of the account within minutes.',
  consent_awaited: 'Open the consent page, and let an administrator of the Stripe account allow it.',
  consent_refused: 'Open the consent page again, and let an administrator of the Stripe account allow it.',
  requirements_due: 'Give Stripe the details it asks for, in its dashboard under Settings, Account.',
  card_payments_pending: 'Wait for Stripe, or look in its dashboard whether it asks for something.',
  verification_pending: 'Wait until Stripe has checked the details; this can take some days.',
  key_proven: null,
  account_active: null,
  permission_missing: 'Give the key the rights that the checklist names, then check again.',
  events_missing: 'Give the key the right to read events, then check again.',
  account_restricted: 'Look into the Stripe dashboard: it says why the account is restricted and what lifts it.',
  card_payments_inactive: 'Ask for card payments in the Stripe dashboard under Settings, Payment methods.',
  account_not_made: 'Look at the message, then connect again.',
  platform_key_refused: 'Whoever runs this installation sets STRIPE_PLATFORM_KEY to a key that Stripe accepts.',
  check_failed: 'Look at the message, put right what it names in Stripe, then check again.',
  disconnected_by_operator: 'Put a key of the same account in place when you want to collect again.',
  key_refused: 'Make a new key of the same account in Stripe and put it in place of the old one.',
  deauthorized_in_stripe: 'Connect Stripe again from the settings page.',
  account_closed: 'Connect another Stripe account.',
  reconnected: null,
};

/** Where a platform made the account, details are given on the page that a fresh account link opens. */
const MANAGED: NextActions = {
  ...BY_KEY,
  requirements_due: 'Update the Stripe information: the link opens the page on which Stripe asks for it.',
  card_payments_inactive: 'Update the Stripe information: the link opens the page on which Stripe asks for it.',
  account_not_made:
    'Update the Stripe information: making the account is tried again first. If it is refused again, disconnect it and connect with other details.',
  disconnected_by_operator: 'It cannot be brought back: connecting again makes a new account.',
  deauthorized_in_stripe: 'It cannot be brought back: connecting again makes a new account.',
  account_closed: 'It cannot be brought back: connecting again makes a new account.',
};

const OAUTH: NextActions = {
  ...BY_KEY,
  disconnected_by_operator: 'Connect the same Stripe account again when you want to collect again.',
  check_failed: 'Look at the message, then check again, or connect the same Stripe account again.',
};

const BY_MODE: Readonly<Record<ConnectionMode, NextActions>> = { key: BY_KEY, managed: MANAGED, oauth: OAUTH };

/** The next step for a person, as a sentence; null when none is needed. */
export const nextActionOf = ({
  mode,
  reason,
}: {
  readonly mode: ConnectionMode;
  readonly reason: ConnectionReason;
}): string | null => BY_MODE[mode][reason];
