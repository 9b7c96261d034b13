import type { ProblemKind } from '../problem.js';

const refusedKey = (meaning: string): ProblemKind => ({ status: 400, type: 'invalid_request', meaning });

/** Refusals about the connection to Stripe and its keys. */
export const CONNECTION_PROBLEMS = {
  key_missing: refusedKey('There is no key in the field.'),
  key_masked: refusedKey('The key was copied with its middle hidden.'),
  key_is_webhook_secret: refusedKey('This is a webhook signing secret, not a key.'),
  key_is_account_id: refusedKey('This is the id of an account, not a key.'),
  key_is_client_id: refusedKey('This is the client id of a platform, not a key.'),
  key_is_publishable: refusedKey('A publishable key stands where a secret or restricted key belongs.'),
  key_is_not_publishable: refusedKey('Another kind of key stands where the publishable key belongs.'),
  key_malformed: refusedKey('This is no key of Stripe.'),
  key_live_in_test_environment: refusedKey('A live key was given to a test environment.'),
  key_test_in_production: refusedKey('A test key was given to production.'),
  key_marked_needs_sandbox: refusedKey('A key of the sandbox is never sent to Stripe.'),
  key_live_needs_stripe: refusedKey('A live key of Stripe is never sent anywhere but to Stripe.'),
  publishable_key_other_mode: refusedKey('The publishable key is of another mode than the secret key.'),
  publishable_key_other_account: refusedKey('The publishable key is of another account than the secret key.'),
  publishable_key_refused: refusedKey('Stripe does not know the publishable key.'),
  stripe_key_refused: { status: 400, type: 'stripe', meaning: 'Stripe does not accept the key.' },
  connection_probe_failed: {
    status: 400,
    type: 'stripe',
    meaning: 'The key lacks a right that is needed, or could not be proven; `details.checklist` says which.',
  },
  stripe_unreachable: { status: 502, type: 'stripe', meaning: 'Stripe did not answer, or is in trouble. Try again.' },
  stripe_refused: { status: 400, type: 'stripe', meaning: 'Stripe refused what was asked; the message is its own.' },
  connection_account_taken: {
    status: 409,
    type: 'conflict',
    meaning: 'Another connection of this environment belongs to the same Stripe account.',
  },
  connection_code_taken: { status: 409, type: 'conflict', meaning: 'Another connection has this code.' },
  connection_account_differs: {
    status: 409,
    type: 'conflict',
    meaning: 'The new key belongs to another Stripe account; nothing was overwritten.',
  },
  connection_lost: {
    status: 409,
    type: 'conflict',
    meaning: 'The connection is lost. A new key of the same account brings it back.',
  },
  connection_mode_differs: {
    status: 409,
    type: 'conflict',
    meaning: 'This can be done with connections of another mode only.',
  },
  platform_key_missing: {
    status: 409,
    type: 'conflict',
    meaning: 'This installation has no key of a Stripe platform for this mode; nothing was made.',
  },
  oauth_client_missing: {
    status: 409,
    type: 'conflict',
    meaning: 'This installation has no client id of a Stripe platform for this mode; nothing was made.',
  },
  connection_over: { status: 409, type: 'conflict', meaning: 'The connection cannot be brought back.' },
  connection_not_lost: {
    status: 409,
    type: 'conflict',
    meaning: 'The connection works: there is nothing to connect again.',
  },
  connection_mode_wrong: {
    status: 409,
    type: 'conflict',
    meaning: 'The account chosen at Stripe is of another mode than the environment; nothing was changed.',
  },
  reconnect_other_person: {
    status: 403,
    type: 'permission',
    meaning: 'Only whoever connected the account may connect it again, unless an owner hands the connection over.',
  },
  consent_unknown: { status: 404, type: 'not_found', meaning: 'There is no such consent, or it was forgotten.' },
  consent_other_browser: {
    status: 403,
    type: 'permission',
    meaning: 'The consent was begun in another browser; nothing was changed.',
  },
  consent_used: { status: 409, type: 'conflict', meaning: 'The consent was answered already.' },
  consent_expired: { status: 410, type: 'conflict', meaning: 'The consent took too long; open the page again.' },
  consent_refused: {
    status: 409,
    type: 'stripe',
    meaning: "The person at Stripe, or Stripe, refused on the page of consent; the message says so in Stripe's words.",
  },
  consent_not_confirmed: {
    status: 502,
    type: 'stripe',
    meaning: 'Stripe did not confirm the code that it had led back with; nothing was changed.',
  },
  account_not_made: {
    status: 409,
    type: 'conflict',
    meaning: 'Stripe has not made the account yet, or refused to; the card says which.',
  },
  connection_confirmation_needed: {
    status: 409,
    type: 'conflict',
    meaning: 'A connection is disconnected only when its code was typed as `confirm`.',
  },
  connection_disconnected_already: {
    status: 409,
    type: 'conflict',
    meaning: 'The connection is disconnected, and its keys are erased.',
  },
  stray_endpoint_unknown: {
    status: 404,
    type: 'not_found',
    meaning: 'No webhook endpoint of ours at Stripe, beyond the one in use, has this id.',
  },
} as const satisfies Record<string, ProblemKind>;
