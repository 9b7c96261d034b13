import { contract, type ObjectSchema, type Schema } from './contract.js';
import { fieldMisfits } from './response-check.js';

/** One refusal, as it was answered. */
export interface AnsweredRefusal {
  /** Without its query. */
  readonly path: string;
  readonly status: number;
  readonly version: string;
  readonly content: unknown;
}

/**
 * What is wrong with a refusal, one sentence each; empty when it has Stripe's shape: an error object whose fields and codes
 * are the SDK's, or the two texts of OAuth.
 */
export const refusalMisfits = ({ path, status, version, content }: AnsweredRefusal): string[] => {
  const error = (content as { error?: unknown } | null)?.error;
  if (typeof error === 'string') {
    if (!path.startsWith('/oauth/')) return ['an error of OAuth outside of it'];
    return fieldMisfits(oauthError, content as object, version, 'the refusal');
  }
  if (typeof error !== 'object' || error === null) return [`${status} without an error object`];
  const fields = error as Readonly<Record<string, unknown>>;
  const isVersion2 = path.startsWith('/v2/');
  return [
    ...Object.keys(content as object).flatMap((name) => (name === 'error' ? [] : [`${name} beside the error`])),
    ...fieldMisfits(isVersion2 ? version2Error : apiError, error, version, 'error'),
    ...(isVersion2 && fields.type === undefined && fields.code !== 'invalid_fields' ? ['an error without a type'] : []),
    ...whatDoesNotAgree(status, fields),
  ];
};

/** As the SDK types the errors that intents keep, and those it throws (`StripeRawError`). */
const apiErrorType = contract.types['PaymentIntent.LastPaymentError'];

const knownCodes = (schema: Schema | undefined): readonly (string | number | boolean)[] =>
  typeof schema === 'object' && 'e' in schema ? schema.e : [];

/**
 * Codes that the SDK's list does not have. Those of `amount_details` stand in the comments of its types; the one about
 * method types in https://docs.stripe.com/changelog/endive; the others were seen in answers of Stripe's (stripe-facts.md).
 */
const codesBesideTheList = [
  'amount_details_amount_mismatch',
  'amount_details_tax_shipping_discount_greater_than_amount',
  'payment_method_types_no_longer_supported',
  'property_expansion_max_depth',
];

const apiError: ObjectSchema = {
  f: {
    ...apiErrorType?.f,
    code: { e: [...knownCodes(apiErrorType?.f.code), ...codesBesideTheList] },
    type: { e: knownCodes(apiErrorType?.f.type) },
    // https://docs.stripe.com/declines/card#retrying-issuer-declines
    advice_code: { e: ['confirm_card_data', 'do_not_try_again', 'try_again_later'] },
    user_message: 's',
  },
  r: ['message', 'type'],
};

/** The kinds of error that version 2 alone has: `generateV2Error` of the SDK. */
const typesOfVersion2 = [
  'already_canceled',
  'blocked_by_stripe',
  'cannot_proceed',
  'capability_not_enabled',
  'controlled_by_alternate_resource',
  'feature_not_enabled',
  'financial_account_not_open',
  'fx_quote_needs_refresh',
  'insufficient_funds',
  'invalid_payment_method',
  'invalid_payout_method',
  'invalid_vaulted_credential',
  'not_cancelable',
  'quota_exceeded',
  'rate_limit',
  'recipient_not_notifiable',
  'temporary_session_expired',
  'verification_attempt_failed',
  'verification_expired',
  'verification_not_initiated',
];

/**
 * Of version 2 the SDK knows these fields alone: nothing of cards and intents, and codes of no closed list. Fields that are
 * wrong are told of by their code, without a type.
 */
const version2Error: ObjectSchema = {
  f: {
    code: 's',
    doc_url: 's',
    message: 's',
    param: 's',
    request_log_url: 's',
    type: { e: [...knownCodes(apiErrorType?.f.type), ...typesOfVersion2] },
    user_message: 's',
  },
  r: ['message'],
};

/** https://docs.stripe.com/connect/oauth-reference, and the classes the SDK makes of it (`generateOAuthError`). */
const oauthError: ObjectSchema = {
  f: {
    error: {
      e: [
        'invalid_client',
        'invalid_grant',
        'invalid_request',
        'invalid_scope',
        'unsupported_grant_type',
        'unsupported_response_type',
      ],
    },
    error_description: 's',
  },
  r: ['error', 'error_description'],
};

/** https://docs.stripe.com/api/errors: what the status, the type and the code say about each other. */
const whatDoesNotAgree = (status: number, fields: Readonly<Record<string, unknown>>): string[] => {
  const { code, doc_url: page, decline_code: declineCode, message, param, request_log_url: log, type } = fields;
  const wrong: string[] = [];
  const expect = (isSo: boolean, otherwise: string): void => {
    if (!isSo) wrong.push(otherwise);
  };
  expect(message !== '' && param !== '', 'an empty text in the error');
  // Of a caller whose key is unknown, and of a request too large to be read, there is no log.
  expect(status === 401 || status === 413 || log !== undefined, 'no request_log_url');
  expect(status >= 500 === (type === 'api_error'), `${String(type)} with ${status}`);
  expect(status !== 402 || type === 'card_error', `${String(type)} with 402`);
  expect((code === undefined) === (page === undefined), 'a code has its page in doc_url, and nothing else has');
  expect(
    code === undefined || String(page).endsWith(`/${String(code).replaceAll('_', '-')}`),
    `doc_url ${String(page)}`,
  );
  expect(code !== 'card_declined' || declineCode !== undefined, 'card_declined without a decline_code');
  expect(declineCode === undefined || type === 'card_error', 'a decline_code without a card error');
  return wrong;
};
