import { err, invariant, ok, type Refund, type RefundSeen, type Result } from '@tollbridge/core';
import { amountFromStripe, amountToStripe } from './amounts.js';
import { findInList } from './find-in-list.js';
import type { Stripe, StripeAccess, StripeFailure, StripeGateway } from './gateway.js';
import { strangeAnswer } from './strange-answer.js';

/** A refund as it lies at Stripe, in our words. */
export interface StripeRefund extends RefundSeen {
  readonly stripeId: string;
  readonly paymentIntentId: string | null;
  readonly amountMinor: bigint;
  readonly metadata: Readonly<Record<string, string>>;
}

/** By these two a refund is known to be ours, whatever we know of it. */
export const REFUND_STAMP = 'tollbridge_refund';
export const REFUND_ENVIRONMENT_STAMP = 'tollbridge_environment';

/** Asks Stripe to give the money back. The same refund and generation always make the same request. */
export async function createStripeRefund(
  stripe: StripeGateway,
  access: StripeAccess,
  refund: Refund,
): Promise<Result<StripeRefund, StripeFailure>> {
  const amount = amountToStripe(refund.amountMinor, refund.currency);
  invariant(amount.ok, 'only amounts that Stripe can count are refunded');
  const reason = REASONS_AT_STRIPE[refund.reason];
  const answer = await stripe.call(access, (client) =>
    client.refunds.create(
      {
        payment_intent: refund.stripePaymentIntentId,
        amount: amount.value,
        ...(reason === null ? {} : { reason }),
        metadata: {
          [REFUND_ENVIRONMENT_STAMP]: refund.environmentId,
          [REFUND_STAMP]: refund.id,
          tollbridge_payment: refund.paymentId,
          tollbridge_invoice: refund.invoiceId,
        },
      },
      { idempotencyKey: `${refund.id} create ${refund.keyGeneration}` },
    ),
  );
  return answered(answer);
}

export async function retrieveStripeRefund(
  stripe: StripeGateway,
  access: StripeAccess,
  stripeId: string,
): Promise<Result<StripeRefund, StripeFailure>> {
  return answered(await stripe.call(access, (client) => client.refunds.retrieve(stripeId)));
}

/** The refund that carries our id, among those of its payment; null says that our call never came to anything. */
export async function findStripeRefundOf(
  stripe: StripeGateway,
  access: StripeAccess,
  refund: Refund,
): Promise<Result<StripeRefund | null, StripeFailure>> {
  const found = await findInList<Stripe.Refund>(
    (page) =>
      stripe.call(access, (client) => client.refunds.list({ payment_intent: refund.stripePaymentIntentId, ...page })),
    { name: 'refunds', matches: ({ metadata }) => metadata?.[REFUND_STAMP] === refund.id, notBeforeSeconds: null },
  );
  if (!found.ok) return found;
  return found.value === null ? ok(null) : answered(ok(found.value));
}

function answered(answer: Result<Stripe.Refund, StripeFailure>): Result<StripeRefund, StripeFailure> {
  if (!answer.ok) return answer;
  const refund = refundFromStripe(answer.value);
  return refund === null ? err(strangeAnswer('a refund')) : ok(refund);
}

/** Null when it is not as any refund of our payments can be, such as one in an unknown currency. */
function refundFromStripe(refund: Stripe.Refund): StripeRefund | null {
  if (typeof refund.id !== 'string' || typeof refund.amount !== 'number') return null;
  const amountMinor = amountFromStripe(refund.amount, refund.currency);
  if (amountMinor === null) return null;
  const intent = refund.payment_intent;
  return {
    stripeId: refund.id,
    paymentIntentId: typeof intent === 'string' ? intent : (intent?.id ?? null),
    amountMinor,
    metadata: refund.metadata ?? {},
    status: statusFromStripe(refund.status),
    failure: failureFromStripe(refund),
  };
}

/** `requires_action` waits for the payer's bank details: the money has not gone (https://docs.stripe.com/refunds). */
function statusFromStripe(status: string | null): Refund['status'] {
  return status === 'succeeded' || status === 'failed' || status === 'canceled' ? status : 'pending';
}

function failureFromStripe(refund: Stripe.Refund): RefundSeen['failure'] {
  if (refund.status !== 'failed' && refund.status !== 'canceled') return null;
  const code = refund.failure_reason ?? 'unknown';
  return { code, message: `Stripe could not give the money back: ${code}.`, requestId: null };
}

const REASONS_AT_STRIPE: Readonly<Record<Refund['reason'], Stripe.RefundCreateParams.Reason | null>> = {
  requested_by_customer: 'requested_by_customer',
  duplicate: 'duplicate',
  fraudulent: 'fraudulent',
  overpayment: 'duplicate',
  other: null,
};
