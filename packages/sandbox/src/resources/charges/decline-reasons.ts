import type { Decline } from '../../errors.js';

/**
 * Why a bank says no, as an error tells it. `networkDeclineCode` is the two characters of ISO 8583 the bank answered.
 * https://docs.stripe.com/declines/codes and https://docs.stripe.com/declines/network-codes
 */
export interface DeclineReason {
  readonly code: string;
  readonly declineCode: string;
  readonly message: string;
  readonly adviceCode: 'confirm_card_data' | 'do_not_try_again' | 'try_again_later' | null;
  readonly networkDeclineCode: string | null;
}

const declined = 'Your card was declined.';

export const declineReasons = {
  generic_decline: {
    code: 'card_declined',
    declineCode: 'generic_decline',
    message: declined,
    adviceCode: 'try_again_later',
    networkDeclineCode: '05',
  },
  insufficient_funds: {
    code: 'card_declined',
    declineCode: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
    adviceCode: 'try_again_later',
    networkDeclineCode: '51',
  },
  lost_card: {
    code: 'card_declined',
    declineCode: 'lost_card',
    message: declined,
    adviceCode: 'do_not_try_again',
    networkDeclineCode: '41',
  },
  stolen_card: {
    code: 'card_declined',
    declineCode: 'stolen_card',
    message: declined,
    adviceCode: 'do_not_try_again',
    networkDeclineCode: '43',
  },
  fraudulent: {
    code: 'card_declined',
    declineCode: 'fraudulent',
    message: declined,
    adviceCode: 'do_not_try_again',
    networkDeclineCode: null,
  },
  card_velocity_exceeded: {
    code: 'card_declined',
    declineCode: 'card_velocity_exceeded',
    message: 'Your card was declined: it was tried too often or over its limit.',
    adviceCode: 'try_again_later',
    networkDeclineCode: '65',
  },
  expired_card: {
    code: 'expired_card',
    declineCode: 'expired_card',
    message: 'Your card has expired.',
    adviceCode: 'confirm_card_data',
    networkDeclineCode: '54',
  },
  incorrect_cvc: {
    code: 'incorrect_cvc',
    declineCode: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
    adviceCode: 'confirm_card_data',
    networkDeclineCode: 'N7',
  },
  processing_error: {
    code: 'processing_error',
    declineCode: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
    adviceCode: 'try_again_later',
    networkDeclineCode: '96',
  },
  /** A real card in test mode: https://docs.stripe.com/declines/codes */
  test_mode_live_card: {
    code: 'card_declined',
    declineCode: 'test_mode_live_card',
    message: 'Your card was declined. This is a sandbox and it only takes test cards.',
    adviceCode: null,
    networkDeclineCode: null,
  },
  /** The bank wants the customer to authenticate and the customer is away. */
  authentication_required: {
    code: 'authentication_required',
    declineCode: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
    adviceCode: null,
    networkDeclineCode: '1A',
  },
} as const satisfies Record<string, DeclineReason>;

export type DeclineName = keyof typeof declineReasons;

/** The 402 for a reason, with the objects it concerns. */
export const declineOf = (reason: DeclineReason, facts: Readonly<Record<string, unknown>>): Decline => ({
  code: reason.code,
  message: reason.message,
  declineCode: reason.declineCode,
  ...(reason.adviceCode === null ? {} : { adviceCode: reason.adviceCode }),
  facts: {
    ...(reason.networkDeclineCode === null ? {} : { network_decline_code: reason.networkDeclineCode }),
    ...facts,
  },
});
