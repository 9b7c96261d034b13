import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { operation } from '../../operation.js';
import { requirePositiveInteger } from '../currency-rules.js';
import { refuseUnserved } from '../unserved.js';
import { paymentIntents, requireStatus, wrongState } from './payment-intent.js';

// What an ordinary account can ask of an intent and is never granted: its cards cannot be held for more, and none of its
// bank accounts wait for small deposits.

/** https://docs.stripe.com/payments/incremental-authorization: a feature of another pricing, refused without it. */
export const incrementAuthorization = operation<Stripe.PaymentIntentIncrementAuthorizationParams>((context) => {
  const { params } = context;
  refuseUnserved(params, ['application_fee_amount', 'hooks', 'transfer_data']);
  const intent = context.require(paymentIntents, context.path.intent ?? '');
  requireStatus(context, intent, 'increment');
  requirePositiveInteger(params.amount, 'amount');
  if (params.amount <= intent.amount) {
    throw invalidRequest(`The amount must be greater than the ${intent.amount} that is authorized.`, {
      param: 'amount',
    });
  }
  throw wrongState(
    context,
    intent,
    'The authorization of this PaymentIntent cannot be incremented: its charge has `incremental_authorization.status` `unavailable`.',
  );
});

interface Microdeposits {
  readonly amounts?: readonly number[];
  readonly descriptor_code?: string;
}

/** https://docs.stripe.com/api/payment_intents/verify_microdeposits: two amounts, or the code that came with one. */
export const requireMicrodeposits = ({ amounts, descriptor_code: code }: Microdeposits): void => {
  if ((amounts === undefined) === (code === undefined)) {
    throw invalidRequest('Pass exactly one of `amounts` and `descriptor_code`.', { param: 'amounts' });
  }
  if (amounts !== undefined && amounts.length !== 2) {
    throw invalidRequest('`amounts` are two.', { param: 'amounts' });
  }
  for (const [position, amount] of (amounts ?? []).entries()) requirePositiveInteger(amount, `amounts[${position}]`);
};

export const verifyMicrodeposits = operation<Stripe.PaymentIntentVerifyMicrodepositsParams>((context) => {
  const intent = context.require(paymentIntents, context.path.intent ?? '');
  requireMicrodeposits(context.params);
  throw wrongState(
    context,
    intent,
    `You cannot verify microdeposits of this PaymentIntent: it has a status of ${intent.status} and does not wait for them.`,
  );
});
